//go:build oracle

package jvm

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"leapscore/ops/opstest/casefile"
)

func start(t *testing.T) *Process {
	t.Helper()
	p, err := Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const info = `{"uid":"7a707824-a315-4f30-9f34-6d1845e8b8d9","name":"t","format":"json","version":"0.25.2","timestamp":"2026-01-01T00:00:00.000"}`

// MLeap turns the counts of a leaf into probabilities inside the model, so a
// second row that reaches the leaf would see another sum.
func TestEveryRowIsTheFirstOneThatItsModelSees(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"bundle.json":            info,
		"root/node.json":         `{"name":"n","shape":{"inputs":[{"port":"features","name":"f"}],"outputs":[{"port":"raw_prediction","name":"r"},{"port":"prediction","name":"p"}]}}`,
		"root/model.json":        `{"op":"one_vs_rest","attributes":{"num_classes":{"long":2},"num_features":{"long":1}}}`,
		"root/model0/model.json": `{"op":"decision_tree_classifier","attributes":{"num_features":{"long":1},"num_classes":{"long":2}}}`,
		"root/model0/tree.json":  `{"type":"leaf","values":[3.0,11.0]}`,
		"root/model1/model.json": `{"op":"decision_tree_classifier","attributes":{"num_features":{"long":1},"num_classes":{"long":2}}}`,
		"root/model1/tree.json":  `{"type":"leaf","values":[7.0,2.0]}`,
	})
	f := casefile.Type{Kind: casefile.Tensor, Base: casefile.Double}
	row := []casefile.Value{&casefile.Array{Dims: []int{1}, Values: []casefile.Value{1.0}}}
	q := Request{Bundle: dir, Columns: []casefile.Column{{Name: "f", Type: f}}, Rows: [][]casefile.Value{row, row, row}}
	p := start(t)
	for _, q.Reload = range []bool{false, true} {
		r, err := p.Score(q)
		if err != nil {
			t.Fatal(err)
		}
		want := &casefile.Array{Dims: []int{2}, Values: []casefile.Value{11.0, 2.0}}
		for i, o := range r.Rows {
			if o.Err != nil || !casefile.Equal(o.Values[0], want) {
				t.Errorf("reload %v, row %d: %v, error %v, want the counts %v", q.Reload, i, o.Values, o.Err, want)
			}
		}
	}
}

func TestRefusedRequestsLeaveTheProcessUsable(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"bundle.json":     info,
		"root/node.json":  `{"name":"n","shape":{"inputs":[{"port":"input","name":"x"}],"outputs":[{"port":"output","name":"y"}]}}`,
		"root/model.json": `{"op":"bucketizer","attributes":{"splits":{"type":"list","double":[0.0,1.0,2.0]},"handle_invalid":{"string":"skip"}}}`,
	})
	double := casefile.Type{Base: casefile.Double}
	columns := []casefile.Column{{Name: "x", Type: double}}
	p := start(t)
	for _, tt := range []struct {
		stage string
		q     Request
	}{
		{"load", Request{Bundle: dir + "/none", Columns: columns}},
		{"bind", Request{Bundle: dir, Columns: []casefile.Column{{Name: "z", Type: double}}}},
		{"bind", Request{Bundle: dir, Columns: []casefile.Column{{Name: "x", Type: casefile.Type{Base: casefile.ByteString}}}}},
		{"request", Request{Bundle: dir, Columns: append(columns, columns...)}},
	} {
		_, err := p.Score(tt.q)
		var refused *StageError
		if !errors.As(err, &refused) || refused.Stage != tt.stage {
			t.Errorf("error %v, want one of stage %s", err, tt.stage)
		}
	}
	d, err := p.Describe(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Inputs) != 1 || d.Inputs[0].Name != "x" || d.Inputs[0].Nullable || !d.Inputs[0].Type.Fits(double) || len(d.Columns) != 1 || d.Columns[0].Name != "y" {
		t.Errorf("described as %v -> %v", d.Inputs, d.Columns)
	}
	nan, err := casefile.ParseValue("NaN", double)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Score(Request{Bundle: dir, Columns: columns, Rows: [][]casefile.Value{{1.5}, {nan}, {3.0}, {nil}, {0.5}}})
	if err != nil {
		t.Fatal(err)
	}
	rows := r.Rows
	if rows[0].Values[0] != 1.0 || !rows[1].Drop || rows[4].Values[0] != 0.0 {
		t.Errorf("rows are %v, want 1, a drop and at the end 0", rows)
	}
	for i, code := range map[int]string{2: "out_of_range", 3: "null"} {
		if rows[i].Err == nil || rows[i].Err.Code() != code {
			t.Errorf("row %d: error %v, want code %s", i, rows[i].Err, code)
		}
	}
}
