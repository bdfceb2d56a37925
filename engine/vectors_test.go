package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
)

// vectorJob scores lines of JSON with a model that doubles the three values of v
// as idf, and puts them behind x as both.
func vectorJob(t *testing.T, lines string) engine.Job {
	t.Helper()
	model := load(t, bundletest.Bundle{Name: "vectors", Root: bundletest.Pipeline("vectors",
		bundletest.Node{
			Name:   "idf",
			Model:  bundletest.Model{Op: "idf", Attrs: map[string]bundle.Value{"idf": bundletest.Vector(2, 2, 2)}},
			Inputs: bundletest.Sockets("input", "v"), Outputs: bundletest.Sockets("output", "idf"),
		},
		bundletest.Node{
			Name: "assemble",
			Model: bundletest.Model{Op: "vector_assembler", Attrs: map[string]bundle.Value{
				"input_shapes": bundletest.Shapes(bundletest.ScalarShape, bundletest.VectorShape(3)),
			}},
			Inputs: bundletest.Sockets("input0", "x", "input1", "v"), Outputs: bundletest.Sockets("output", "both"),
		},
	)})
	st := store.New(&store.Mem{})
	if err := st.WriteFile(t.Context(), "in.json", []byte(lines)); err != nil {
		t.Fatal(err)
	}
	src, err := files.Open(t.Context(), []string{"in.json"}, sources.Options{Opener: st})
	if err != nil {
		t.Fatal(err)
	}
	return engine.Job{Model: model, Source: src, Keep: []string{"none"}}
}

func TestVectorsBecomeColumns(t *testing.T) {
	job := vectorJob(t, `{"x":1,"v":[2,0,0.5]}`+"\n"+`{"x":2.5,"v":[0,0,0]}`+"\n")
	job.Vectors, job.Outputs, job.Rename = engine.VectorColumns, []string{"both"}, map[string]string{"both": "b", "b_3": "last"}
	d, _ := score(t, job)
	got := d.read(t, "out")
	if diff := cmp.Diff([]string{"b_0", "b_1", "b_2", "last"}, got.cols); diff != "" {
		t.Errorf("columns (-want +got)\n%s", diff)
	}
	want := map[string][]string{"b_0": {"1", "2.5"}, "b_1": {"2", "0"}, "b_2": {"0", "0"}, "last": {"0.5", "0"}}
	if diff := cmp.Diff(want, got.rows); diff != "" {
		t.Errorf("rows (-want +got)\n%s", diff)
	}
}

func TestVectorsKeepTheirFormAsUDT(t *testing.T) {
	job := vectorJob(t, `{"x":1,"v":[2,0,0.5]}`+"\n"+`{"x":0,"v":[0,0,3]}`+"\n")
	job.Vectors = engine.VectorUDT
	d, _ := score(t, job)
	want := map[string][]string{
		"idf":  {"(1 3 [] [4 0 1])", "(1 3 [] [0 0 6])"},
		"both": {"(1 4 [] [1 2 0 0.5])", "(0 4 [3] [3])"},
	}
	if diff := cmp.Diff(want, d.read(t, "out").rows); diff != "" {
		t.Errorf("rows (-want +got)\n%s", diff)
	}
}

func TestVectorsOfUnknownWidthAreNoColumns(t *testing.T) {
	job := vectorJob(t, `{"x":1,"v":[2,0,0.5]}`)
	job.Vectors = engine.VectorColumns
	_, err := job.Plan()
	usage := want[*engine.UsageError](t, err)
	for _, text := range []string{`"idf"`, "does not say how many values", "--vectors list, udt or sparse"} {
		if !strings.Contains(usage.Msg, text) {
			t.Errorf("%q lacks %q", usage.Msg, text)
		}
	}
}

func TestARowOfAnotherWidthIsNamed(t *testing.T) {
	job := vectorJob(t, `{"x":1,"v":[2,0,0.5]}`+"\n"+`{"x":null,"v":[1,1,1]}`+"\n"+`{"x":2,"v":[1,2]}`+"\n")
	job.Vectors, job.Outputs, job.Reject = engine.VectorColumns, []string{"both"}, true
	d := disk{&store.Mem{}}
	_, err := newRun(t, d, job, sinks.ModeError).do(t, t.Context())
	if err == nil {
		t.Fatal("no error")
	}
	for _, text := range []string{"in.json: row 2:", `"both" has 3 values, but the model says 4`} {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q lacks %q", err, text)
		}
	}
	if left := d.Names(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
