// Package modeltest opens models of one kind and scores rows in JSON, for the tests of the
// kinds.
package modeltest

import (
	"context"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/models"
)

// Open opens the model at a path as one of a kind.
func Open(kind *models.Kind, path string, opt models.Options) (*models.Model, error) {
	f, err := models.Fetch(context.Background(), path, opt)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return kind.Open(context.Background(), f, opt)
}

// MustOpen is Open of a model that has to open.
func MustOpen(t *testing.T, kind *models.Kind, path string, opt models.Options) *models.Model {
	t.Helper()
	m, err := Open(kind, path, opt)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Score returns the outputs of a model for rows in JSON, as text, and the result. The
// columns have the types of schema, or of the model's inputs if it is nil.
func Score(t *testing.T, m *models.Model, schema *arrow.Schema, rows string, outputs ...string) ([]string, *pipeline.Result) {
	t.Helper()
	if schema == nil {
		schema = m.Schema()
	}
	p, err := m.Bind(schema, pipeline.Options{Outputs: outputs})
	if err != nil {
		t.Fatal(err)
	}
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	r, err := p.RunRecord(memory.DefaultAllocator, rec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Release)
	var out []string
	for row := range int(rec.NumRows()) {
		var cells []string
		for _, c := range r.Columns {
			cells = append(cells, c.ValueStr(row))
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out, r
}
