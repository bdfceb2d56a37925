package job_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
	"leapscore/job"
	"leapscore/models"
	"leapscore/models/mleap"
)

// files makes a folder with a bundle, rows and a job, and goes there. The function
// that it returns goes back and removes it.
func files() (remove func()) {
	dir, err := os.MkdirTemp("", "leapscore-example-")
	if err != nil {
		log.Fatal(err)
	}
	was, err := os.Getwd()
	if err != nil {
		log.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"prices.zip":   enginetest.Linear("error").Zip(),
		"homes.csv":    []byte("id,city,kind,rooms,area\n1,Rome,flat,5,164\n2,Oslo,house,3,100\n3,Atlantis,house,3,100\n"),
		"nightly.yaml": []byte("model: prices.zip\ninput: homes.csv\noutput: prices\non-error: reject\nrejects: bad\nlineage: none\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.Chdir(dir); err != nil {
		log.Fatal(err)
	}
	return func() {
		if err := os.Chdir(was); err != nil {
			log.Fatal(err)
		}
		os.RemoveAll(dir)
	}
}

// Example runs the job of a YAML file.
func Example() {
	defer files()()
	ctx := context.Background()
	spec, err := job.Load("nightly.yaml")
	if err != nil {
		log.Fatal(err)
	}
	j, err := job.Open(ctx, spec)
	if err != nil {
		log.Fatalf("%s: %v", job.ClassOf(err), err)
	}
	defer j.Close()
	for _, c := range j.Plan().Columns {
		fmt.Println("column", c.Name, c.Type)
	}
	result, err := j.Run(ctx, nil)
	if err != nil {
		log.Fatalf("%s: %v", job.ClassOf(err), err)
	}
	fmt.Println(result.Outcome, result.Manifest.RowsOut, "rows,", result.Manifest.Rejected, "rejected")
	// Output:
	// column id utf8
	// column price float64
	// done 2 rows, 1 rejected
}

// A Spec can be written in Go as well. Check finds its mistakes without looking at any
// file.
func ExampleSpec_Check() {
	spec := job.Spec{
		Models: []job.Model{{Path: "prices.zip"}},
		Input:  job.Input{Files: []string{"homes.csv"}, Sample: "half"},
		Output: job.Output{Path: "prices", Mode: "replace"},
	}
	fmt.Println(spec.Check())
	// Output:
	// 3 mistakes:
	//   sample "half": want a share such as 1% or 0.5%, above 0% and at most 100%
	//   --sample needs --sample-key: the column, or columns, whose values decide which rows are in it, such as an id
	//   mode "replace": want one of error, overwrite, append, ignore, overwrite-partitions
}

// homes returns rows given as JSON, a line each, as an Arrow record.
func homes(rows string) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "city", Type: arrow.BinaryTypes.String}, {Name: "kind", Type: arrow.BinaryTypes.String},
		{Name: "rooms", Type: arrow.PrimitiveTypes.Int32}, {Name: "area", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for row := range strings.Lines(rows) {
		if err := b.UnmarshalJSON([]byte(row)); err != nil {
			log.Fatal(err)
		}
	}
	return b.NewRecord()
}

// score runs a record through a model.
func score(scorer *pipeline.Pipeline, rec arrow.Record) *pipeline.Result {
	var columns []arrow.Array
	for _, name := range scorer.Columns {
		columns = append(columns, rec.Column(rec.Schema().FieldIndices(name)[0]))
	}
	scored, err := scorer.Run(memory.DefaultAllocator, columns, int(rec.NumRows()))
	if err != nil {
		log.Fatal(err)
	}
	return scored
}

// Example_records loads a model and scores Arrow records. A Pipeline may be used by many
// goroutines at once.
func Example_records() {
	defer files()()
	model, err := mleap.Open(context.Background(), "prices.zip", models.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	rec := homes(`{"city": "Rome", "kind": "flat", "rooms": 5, "area": 164}
{"city": "Atlantis", "kind": "house", "rooms": 3, "area": 100}
{"city": "Oslo", "kind": "house", "rooms": 3, "area": 100}`)
	defer rec.Release()
	scorer, err := model.Bind(rec.Schema(), pipeline.Options{Outputs: model.FinalOutputs()})
	if err != nil {
		log.Fatal(err)
	}
	scored := score(scorer, rec)
	defer scored.Release()
	for row, price := range scored.Columns[0].(*array.Float64).Float64Values() {
		if why, refused := scored.Rejected(row); refused {
			fmt.Println(row, why.Code)
			continue
		}
		fmt.Println(row, price)
	}
	// Output:
	// 0 125.5
	// 1 unseen_label
	// 2 112
}

// Example_row scores one row.
func Example_row() {
	defer files()()
	model, err := mleap.Open(context.Background(), "prices.zip", models.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	row := homes(`{"city": "Rome", "kind": "flat", "rooms": 5, "area": 164}`)
	defer row.Release()
	scorer, err := model.Bind(row.Schema(), pipeline.Options{Outputs: []string{"price"}})
	if err != nil {
		log.Fatal(err)
	}
	scored := score(scorer, row)
	defer scored.Release()
	fmt.Println(scored.Columns[0].(*array.Float64).Value(0))
	// Output: 125.5
}
