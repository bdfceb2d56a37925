package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
)

// invalid is the treatment of a value that the model does not know
// (HandleInvalid.scala).
type invalid string

const (
	invalidError invalid = "error"
	invalidSkip  invalid = "skip"
	invalidKeep  invalid = "keep"
)

// loadInvalid reads handle_invalid. An op that cannot skip refuses "skip".
func loadInvalid(a *bundle.Attrs, def invalid, canSkip bool) invalid {
	v := invalid(a.StringOr("handle_invalid", string(def)))
	switch {
	case v == invalidError, v == invalidKeep, v == invalidSkip && canSkip:
	default:
		want := "error or keep"
		if canSkip {
			want = "error, skip or keep"
		}
		a.Failf("handle_invalid", "%q, want %s", string(v), want)
	}
	return v
}

// nullVector reports null rows of an op's only input.
func nullVector(b *ops.Batch) func(row int) {
	return func(row int) { b.Reject(row, 0, ops.Null, "null vector") }
}

// port returns the ports of an op that has one input or one output.
func port(name string, t bundle.Type) []ops.Port { return []ops.Port{{Name: name, Type: t}} }

// doublePort returns the ports of an op with one input or output that is a
// double and never null.
func doublePort(name string) []ops.Port { return port(name, bundle.Scalar(bundle.Double).NonNull()) }

// vectorPort returns the ports of an op with one input or output that is a
// vector with its size declared.
func vectorPort(name string, size int) []ops.Port {
	return port(name, bundle.Tensor(bundle.Double, size))
}

// ints32 keeps the lower half of each, as Java's cast.
func ints32(longs []int64) []int32 {
	ints := make([]int32, len(longs))
	for i, x := range longs {
		ints[i] = int32(x)
	}
	return ints
}

// shiftOutputs returns k, an op with as many outputs as inputs, as it is if the
// bundle connects all outputs. Else MLeap gives the result for the first input
// to the first output that is connected, and so on, whatever their numbers.
func shiftOutputs(n *ops.Node, k ops.Kernel) ops.Kernel {
	outputs := k.Outputs()
	s := shifted{k, make([]bool, len(outputs))}
	all := true
	for i, p := range outputs {
		s.wired[i] = n.Wired(p.Name)
		all = all && s.wired[i]
	}
	if all {
		return k
	}
	return s
}

// shifted hides the optional interfaces of a kernel, because its columns are
// not its outputs.
type shifted struct {
	plain ops.Kernel
	wired []bool // per output
}

func (s shifted) Inputs() []ops.Port  { return s.plain.Inputs() }
func (s shifted) Outputs() []ops.Port { return s.plain.Outputs() }

func (s shifted) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	results, err := s.plain.Eval(b, in)
	if err != nil {
		return nil, err
	}
	out := make([]arrow.Array, len(results))
	for i, wired := range s.wired {
		if wired {
			out[i], results = results[0], results[1:]
		}
	}
	for _, r := range results {
		r.Release()
	}
	return out, nil
}
