package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
)

// MathBinary combines two numbers.
var MathBinary = &ops.Op{
	Name: "math_binary",
	Doc:  "Applies an operation to two numbers; the model may fix either of them.",
	Attrs: []string{
		"operation: string, add, sub, mul, div, rem, log_n (of a to the base b), pow, min or max",
		"da: double, a where input_a is not connected",
		"db: double, b where input_b is not connected",
	},
	Ports:  []string{"in input_a: double, unless da", "in input_b: double, unless db", "out output: double"},
	Source: "MathBinaryModel.scala, MathBinary.scala",
	Load:   loadMathBinary,
}

type mathBinary struct {
	f     func(dst, a, b []float64)
	ports []ops.Port
	a, b  float64 // in place of an input
	hasA  bool    // whether there is an input a
	hasB  bool
}

func loadMathBinary(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	name := a.String("operation")
	f, ok := binaryFunctions[name]
	if !ok {
		a.Failf("operation", "%q, want add, sub, mul, div, rem, log_n, pow, min or max", name)
	}
	k := &mathBinary{f: f, a: a.DoubleOr("da", 0), b: a.DoubleOr("db", 0), hasA: !a.Has("da"), hasB: !a.Has("db")}
	for _, in := range []struct{ port, attr string }{{"input_a", "da"}, {"input_b", "db"}} {
		switch {
		case !a.Has(in.attr):
			k.ports = append(k.ports, doublePort(in.port)...)
		case n.Wired(in.port):
			// MLeap loads the model and then refuses every row.
			a.Failf(in.attr, "is there although %s is connected", in.port)
		}
	}
	return k, a.Err()
}

func (k *mathBinary) Inputs() []ops.Port  { return k.ports }
func (k *mathBinary) Outputs() []ops.Port { return doublePort("output") }

func (k *mathBinary) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	out := column.NewDoubles(b.Mem, b.Len)
	next := func(has bool, fixed float64) []float64 {
		if has {
			xs := column.Doubles(in[0])
			in = in[1:]
			return xs
		}
		xs := make([]float64, b.Len)
		for i := range xs {
			xs[i] = fixed
		}
		return xs
	}
	x := next(k.hasA, k.a)
	y := next(k.hasB, k.b)
	k.f(out.Values, x, y)
	return []arrow.Array{out.Array()}, nil
}

// each lifts a function of two numbers to columns.
func each(f func(a, b float64) float64) func(dst, a, b []float64) {
	return func(dst, a, b []float64) {
		for i := range dst {
			dst[i] = f(a[i], b[i])
		}
	}
}

var binaryFunctions = map[string]func(dst, a, b []float64){
	"add": each(func(a, b float64) float64 { return a + b }),
	"sub": each(func(a, b float64) float64 { return a - b }),
	"mul": each(func(a, b float64) float64 { return a * b }),
	"div": each(func(a, b float64) float64 { return a / b }),
	"rem": each(javamath.Rem),
	"pow": each(javamath.Pow),
	"min": each(javamath.Min),
	"max": each(javamath.Max),
	"log_n": func(dst, a, b []float64) {
		// The base is mostly the model's, one for all rows.
		base, log := 0.0, javamath.Log(0)
		for i := range dst {
			if b[i] != base {
				base, log = b[i], javamath.Log(b[i])
			}
			dst[i] = javamath.Log(a[i]) / log
		}
	},
}
