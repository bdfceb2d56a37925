package feature

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/commonsmath"
	"leapscore/ops/internal/javamath"
)

// MathUnary applies a function of one number.
var MathUnary = &ops.Op{
	Name:   "math_unary",
	Doc:    "Applies a function to a number.",
	Attrs:  []string{"operation: string, log, exp, sqrt, sin, cos, tan, abs, logit (of [0, 1] only), floor, ceil or round"},
	Ports:  []string{"in input: double", "out output: double"},
	Source: "MathUnaryModel.scala, java.lang.Math, Logit of Commons Math",
	Load:   loadMathUnary,
}

var unaryFunctions = map[string]func(dst, src []float64){
	"log":   javamath.LogAll,
	"exp":   javamath.ExpAll,
	"sqrt":  eachOf(math.Sqrt),
	"sin":   eachOf(javamath.Sin),
	"cos":   eachOf(javamath.Cos),
	"tan":   eachOf(javamath.Tan),
	"abs":   eachOf(math.Abs),
	"logit": eachOf(func(x float64) float64 { return commonsmath.Log(x / (1 - x)) }),
	"floor": eachOf(math.Floor),
	"ceil":  eachOf(math.Ceil),
	"round": eachOf(func(x float64) float64 { return float64(javamath.Round(x)) }),
}

// eachOf lifts a function of a number to columns.
func eachOf(f func(float64) float64) func(dst, src []float64) {
	return func(dst, src []float64) {
		for i, x := range src {
			dst[i] = f(x)
		}
	}
}

type mathUnary struct {
	f     func(dst, src []float64)
	logit bool
}

func loadMathUnary(n *ops.Node) (ops.Kernel, error) {
	name := n.Attrs.String("operation")
	f, ok := unaryFunctions[name]
	if !ok {
		n.Attrs.Failf("operation", "%q, want log, exp, sqrt, sin, cos, tan, abs, logit, floor, ceil or round", name)
	}
	return &mathUnary{f, name == "logit"}, n.Attrs.Err()
}

func (k *mathUnary) Inputs() []ops.Port  { return doublePort("input") }
func (k *mathUnary) Outputs() []ops.Port { return doublePort("output") }

func (k *mathUnary) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	out := column.NewDoubles(b.Mem, b.Len)
	xs := column.Doubles(in[0])
	k.f(out.Values, xs)
	if k.logit {
		for i, x := range xs {
			if x < 0 || x > 1 {
				b.Reject(i, 0, ops.OutOfRange, "%v is not in [0, 1], and logit has no value there", x)
			}
		}
	}
	return []arrow.Array{out.Array()}, nil
}
