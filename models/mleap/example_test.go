package mleap_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
	"leapscore/models"
	"leapscore/models/mleap"
)

// Load a model and score Arrow records.
func ExampleOpen() {
	path, remove := homesModel()
	defer remove()
	model, err := mleap.Open(context.Background(), path, models.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	program, err := model.Bind(enginetest.Schema, pipeline.Options{Outputs: model.FinalOutputs()})
	if err != nil {
		log.Fatal(err) // lists all columns that are missing or of other types
	}
	record := enginetest.Record(memory.DefaultAllocator, enginetest.Homes(1, 6, 3))
	defer record.Release()
	result, err := program.RunRecord(memory.DefaultAllocator, record)
	if err != nil {
		log.Fatal(err)
	}
	defer result.Release()
	for row := range int(record.NumRows()) {
		if why, refused := result.Rejected(row); refused {
			fmt.Printf("refused: %s: %s\n", why.Column, why.Msg)
			continue
		}
		fmt.Println(program.Outputs[0].Name, result.Columns[0].ValueStr(row))
	}
	// Output:
	// price 108.6038818359375
	// price 110.301513671875
	// refused: city: unseen label "Atlantis", and handle_invalid is error
	// price 100.08740234375
	// price 103.58837890625
	// refused: city: null, and handle_invalid is error
}

// Score one row.
func ExampleModel() {
	path, remove := homesModel()
	defer remove()
	model, err := mleap.Open(context.Background(), path, models.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	program, err := model.Bind(model.Schema(), pipeline.Options{Outputs: model.FinalOutputs()})
	if err != nil {
		log.Fatal(err)
	}
	row := `[{"city": "Rome", "kind": "flat", "rooms": 3, "area": 164}]`
	record, _, err := array.RecordFromJSON(memory.DefaultAllocator, model.Schema(), strings.NewReader(row))
	if err != nil {
		log.Fatal(err)
	}
	defer record.Release()
	result, err := program.RunRecord(memory.DefaultAllocator, record)
	if err != nil {
		log.Fatal(err)
	}
	defer result.Release()
	fmt.Println(program.Outputs[0].Name, result.Columns[0].ValueStr(0))
	// Output: price 121.5
}

// homesModel writes a model of the prices of homes.
func homesModel() (path string, remove func()) {
	dir, err := os.MkdirTemp("", "homes-")
	if err != nil {
		log.Fatal(err)
	}
	path = filepath.Join(dir, "homes.zip")
	if err := os.WriteFile(path, enginetest.Linear("error").Zip(), 0o600); err != nil {
		log.Fatal(err)
	}
	return path, func() { os.RemoveAll(dir) }
}
