package pipeline_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/ops"
)

// adder is the kernel of a model of no known format: y = x + by.
type adder struct{ by float64 }

func (adder) Inputs() []ops.Port  { return []ops.Port{{Name: "x", Type: bundle.Scalar(bundle.Double)}} }
func (adder) Outputs() []ops.Port { return []ops.Port{{Name: "y", Type: bundle.Scalar(bundle.Double)}} }

func (k adder) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	out := array.NewFloat64Builder(b.Mem)
	defer out.Release()
	for _, x := range in[0].(*array.Float64).Float64Values() {
		out.Append(x + k.by)
	}
	return []arrow.Array{out.NewArray()}, nil
}

// adds returns a node that adds by to the column in.
func adds(by float64, in, out string) pipeline.Node {
	return pipeline.Node{
		Path: "add_" + out, Op: "add", Kernel: adder{by}, Inputs: []string{in}, Outputs: []string{out},
		Digest: func() ([sha256.Size]byte, error) { return sha256.Sum256([]byte(fmt.Sprint(by))), nil },
	}
}

func TestGraphsNeedNoBundle(t *testing.T) {
	id := pipeline.Identity{Name: "sums", SHA256: "00ff"}
	m, err := pipeline.New(id, []pipeline.Node{adds(1, "x", "a"), adds(2, "a", "b")})
	if err != nil {
		t.Fatal(err)
	}
	if m.Identity != id || strings.Join(m.FinalOutputs(), ",") != "b" || strings.Join(m.Inputs.Names(), ",") != "x" {
		t.Errorf("identity %v, final outputs %v, inputs %v; want %v, b and x", m.Identity, m.FinalOutputs(), m.Inputs.Names(), id)
	}
	p := bind(t, m, m.Schema(), pipeline.Options{Outputs: m.AllOutputs()})
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, m.Schema(), strings.NewReader(`[{"x": 0.5}, {"x": -3}]`))
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	r, err := p.RunRecord(memory.DefaultAllocator, rec)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if got := fmt.Sprint(r.Columns); got != "[[1.5 -2] [3.5 0]]" {
		t.Errorf("columns %s, want [[1.5 -2] [3.5 0]]", got)
	}
}

func TestNewReportsAllNodesThatDoNotFit(t *testing.T) {
	short := adds(1, "x", "short")
	short.Inputs = nil
	_, err := pipeline.New(pipeline.Identity{}, []pipeline.Node{adds(1, "x", "a"), short, adds(2, "x", "a"), adds(3, "a", "x")})
	for _, want := range []string{
		"3 nodes cannot be loaded", "add_short (add): 0 inputs and 1 outputs, want 1 and 1",
		`output column "a" is already made by add_a`, `output column "x" is an input of the pipeline`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

// Nodes of one op are one node of a joined model if their digests say so. Without
// a digest a node is like no other.
func TestJoinGoesByTheDigestsOfNodes(t *testing.T) {
	unknown := adds(1, "x", "b")
	unknown.Digest = nil
	for name, c := range map[string]struct {
		second pipeline.Node
		steps  int
	}{"equal": {adds(1, "x", "b"), 1}, "another model": {adds(2, "x", "b"), 2}, "another input": {adds(1, "z", "b"), 2}, "no digest": {unknown, 2}} {
		var models []*pipeline.Model
		for _, n := range []pipeline.Node{adds(1, "x", "a"), c.second} {
			m, err := pipeline.New(pipeline.Identity{}, []pipeline.Node{n})
			if err != nil {
				t.Fatal(err)
			}
			models = append(models, m)
		}
		m := join(t, models...)
		p := bind(t, m, m.Schema(), pipeline.Options{Outputs: m.AllOutputs()})
		if got := len(p.Steps()); got != c.steps {
			t.Errorf("%s: %d steps, want %d", name, got, c.steps)
		}
	}
}
