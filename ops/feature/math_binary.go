package feature

import (
	"slices"

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
	hasA  bool // whether there is an input a
	hasB  bool
	// a and b stand for a block of rows where there is no input.
	a, b []float64
}

// fixedRows is how many rows an operation takes at once.
const fixedRows = 512

func loadMathBinary(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	name := a.String("operation")
	f, ok := binaryFunctions[name]
	if !ok {
		a.Failf("operation", "%q, want add, sub, mul, div, rem, log_n, pow, min or max", name)
	}
	k := &mathBinary{f: f, hasA: !a.Has("da"), hasB: !a.Has("db")}
	if !k.hasA {
		k.a = slices.Repeat([]float64{a.DoubleOr("da", 0)}, fixedRows)
	}
	if !k.hasB {
		k.b = slices.Repeat([]float64{a.DoubleOr("db", 0)}, fixedRows)
	}
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
	dst, x, y := out.Values, k.a, k.b
	if k.hasA {
		x = column.Doubles(in[0])
	}
	if k.hasB {
		y = column.Doubles(in[len(in)-1])
	}
	for from := 0; from < len(dst); from += fixedRows {
		block := dst[from:min(from+fixedRows, len(dst))]
		k.f(block, part(x, k.hasA, from, len(block)), part(y, k.hasB, from, len(block)))
	}
	return []arrow.Array{out.Array()}, nil
}

// part returns the n operands from a row on. A number of the model is the same in all rows.
func part(xs []float64, input bool, from, n int) []float64 {
	if !input {
		from = 0
	}
	return xs[from : from+n]
}

// each lifts a function of two numbers to columns.
func each(f func(a, b float64) float64) func(dst, a, b []float64) {
	return func(dst, a, b []float64) {
		for i := range dst {
			dst[i] = f(a[i], b[i])
		}
	}
}

// The operations of the processor have loops of their own: a call for each row would take
// several times as long.
func add(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func sub(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

func mul(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func div(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] / b[i]
	}
}

var binaryFunctions = map[string]func(dst, a, b []float64){
	"add": add,
	"sub": sub,
	"mul": mul,
	"div": div,
	"rem": each(javamath.Rem),
	"pow": each(javamath.Pow),
	"min": each(javamath.Min),
	"max": each(javamath.Max),
	"log_n": func(dst, a, b []float64) {
		javamath.LogAll(dst, a)
		// The base is mostly the model's, one for all rows.
		base, log := 0.0, javamath.Log(0)
		for i, x := range dst {
			if b[i] != base {
				base, log = b[i], javamath.Log(b[i])
			}
			dst[i] = x / log
		}
	},
}
