package shapes

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
)

func all() []Shape {
	return []Shape{Listings(3, 4), Ten(), Columns(40), Text(1000), Classes(50, 3, 4), Labels(500), Boosted(5, 3)}
}

func TestEveryModelScoresEveryRowOfItsTable(t *testing.T) {
	const rows = 300
	for _, s := range all() {
		rec := s.Rows(0, rows)
		defer rec.Release()
		for _, m := range s.Models() {
			b, err := bundle.OpenFS(m.FS(), bundle.Limits{})
			if err != nil {
				t.Fatalf("%s: %v", m.Name, err)
			}
			model, err := mleap.Load(b, builtin.Registry())
			if err != nil {
				t.Fatalf("%s: %v", m.Name, err)
			}
			p, err := model.Bind(s.Schema, pipeline.Options{Outputs: model.FinalOutputs()})
			if err != nil {
				t.Fatalf("%s: %v", m.Name, err)
			}
			var cols []arrow.Array
			for _, name := range p.Columns {
				cols = append(cols, rec.Column(s.Schema.FieldIndices(name)[0]))
			}
			res, err := p.Run(memory.DefaultAllocator, cols, rows)
			if err != nil {
				t.Fatalf("%s: %v", m.Name, err)
			}
			if res.Rejects() > 0 {
				t.Errorf("%s: %d of %d rows refused", m.Name, res.Rejects(), rows)
			}
			if got := distinct(res.Columns[0]); got < 2 {
				t.Errorf("%s: %d distinct predictions in %d rows", m.Name, got, rows)
			}
			res.Release()
		}
	}
}

func distinct(a arrow.Array) int {
	seen := map[string]bool{}
	for i := range a.Len() {
		seen[a.ValueStr(i)] = true
	}
	return len(seen)
}

func TestARowIsTheSameInEveryBatch(t *testing.T) {
	for _, s := range all() {
		whole, tail := s.Rows(0, 100), s.Rows(60, 100)
		if cut := whole.NewSlice(60, 100); !array.RecordEqual(cut, tail) {
			t.Errorf("%s: rows 60 to 100 differ between two calls", s.Name)
		}
	}
}

// The files in examples are made by the command that examples/README.md names.
func TestExamplesAreMade(t *testing.T) {
	dir := t.TempDir()
	s := Listings(20, 5)
	if err := errors.Join(s.WriteModels(dir), s.WriteDays(context.Background(), filepath.Join(dir, s.Name), 1500, 3)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := strings.TrimPrefix(path, dir+"/")
		want, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if got, err := os.ReadFile(filepath.Join("../../../examples", name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("examples/%s is not what `go run ./benchmarks/data -out examples -rows 1500 -days 3` makes (%v)", name, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
