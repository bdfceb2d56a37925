package classification

import (
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/testseed"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// vectors are dense rows, sparse ones and nulls of a size, and some of another one.
func vectors(r *rand.Rand, rows, size int) arrow.Array {
	b := column.NewVectorBuilder(memory.DefaultAllocator, rows, size)
	for range rows {
		switch r.IntN(12) {
		case 0:
			b.AppendNull()
		case 1:
			b.AppendDense(normals(r, size+1))
		case 2, 3, 4:
			step := 1 + r.IntN(6)
			n := (size + step - 1) / step
			indices, values := b.Sparse(size, n)
			copy(values, normals(r, n))
			for i := range indices {
				indices[i] = int32(i * step)
			}
		default:
			b.AppendDense(normals(r, size))
		}
	}
	return b.Array()
}

func normals(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// evaluate returns the first output of a kernel, and how many rows it refuses.
func evaluate(t *testing.T, k ops.Kernel, in arrow.Array) (out arrow.Array, refused int) {
	t.Helper()
	b := &ops.Batch{Mem: memory.DefaultAllocator, Len: in.Len()}
	arrays, err := k.Eval(b, []arrow.Array{in})
	if err != nil {
		t.Fatal(err)
	}
	return arrays[0], b.Rejects()
}

// sameRows reports rows of a column of vectors that differ from want, where it has any.
func sameRows(t *testing.T, what string, got arrow.Array, want [][]float64) {
	t.Helper()
	vs := column.ViewVectors(got)
	for i, w := range want {
		if w == nil {
			continue
		}
		for j, x := range vs.Row(i).Values {
			if x != w[j] {
				t.Errorf("%s, row %d: %v, want %v", what, i, vs.Row(i).Values, w)
				break
			}
		}
	}
}

// alone answers the rows of a column one by one.
func alone(in arrow.Array, size int, f func(v column.Vector) []float64) [][]float64 {
	vs := column.ViewVectors(in)
	want := make([][]float64, vs.Len())
	for i := range want {
		if v := vs.Row(i); !vs.IsNull(i) && v.Size == size {
			want[i] = f(v)
		}
	}
	return want
}

func TestModelsAnswerManyRowsAsEachAlone(t *testing.T) {
	r := testseed.OfClock(t)
	for _, shape := range [][3]int{{3, 20, 700}, {40, 33, 300}, {13, 600, 40}, {5, 7, 3}} {
		classes, size, rows := shape[0], shape[1], shape[2]
		in, matrix, intercept := vectors(r, rows, size), normals(r, classes*size), normals(r, classes)
		product := func(v column.Vector) []float64 {
			y := append([]float64(nil), intercept...)
			if v.Dense {
				blas.GemvN(classes, size, 1, matrix, v.Values, 1, y)
			} else {
				blas.GemvNSparse(classes, size, 1, matrix, v.Indices, v.Values, 1, y)
			}
			return y
		}
		k := &probabilistic{model: &multinomialLogistic{matrix: matrix, intercept: intercept, rows: classes, features: size}, raw: true}
		k.class = k.choose()
		got, _ := evaluate(t, k, in)
		sameRows(t, "multinomial", got, alone(in, size, product))

		line := &linearSVC{linear: linear{coefficients: matrix[:size], intercept: 1}, raw: true}
		got, _ = evaluate(t, line, in)
		sameRows(t, "linear", got, alone(in, size, func(v column.Vector) []float64 {
			dot := blas.DotSparse(v.Indices, v.Values, matrix[:size])
			if v.Dense {
				dot = blas.Dot(v.Values, matrix[:size])
			}
			return []float64{-(dot + 1), dot + 1}
		}))
	}
}

func TestLayersTakeManyRowsAsEachAlone(t *testing.T) {
	r := testseed.OfClock(t)
	for _, sizes := range [][]int{{30, 4}, {9, 20, 3}, {700, 33, 5, 8, 2}} {
		m, in := &multiLayerPerceptron{features: sizes[0], classes: sizes[len(sizes)-1]}, vectors(r, 300, sizes[0])
		for i := range len(sizes) - 1 {
			w := normals(r, sizes[i]*sizes[i+1])
			m.layers = append(m.layers, affine{sizes[i], sizes[i+1], w, normals(r, sizes[i+1]), true})
			m.widest = max(m.widest, sizes[i+1])
		}
		k := &probabilistic{model: m, raw: true}
		k.class = k.choose()
		got, _ := evaluate(t, k, in)
		sameRows(t, "perceptron", got, alone(in, sizes[0], func(v column.Vector) []float64 {
			x := make([]float64, v.Size)
			v.CopyTo(x)
			for i, l := range m.layers {
				if i > 0 {
					for j, v := range x {
						x[j] = 1 / (1 + javamath.Exp(-v))
					}
				}
				y := append([]float64(nil), l.b...)
				blas.GemmColumns(l.out, 1, l.in, 1, l.w, x, 1, y)
				x = y
			}
			return x
		}))
	}
}

func TestOneVsRestMultipliesAllModelsAtOnce(t *testing.T) {
	r := testseed.OfClock(t)
	for _, size := range []int{togetherSize - 1, togetherSize, 50} {
		together := &oneVsRest{features: size, raw: true}
		for i := range 6 {
			l := linear{coefficients: normals(r, size), intercept: r.NormFloat64()}
			if i%2 == 0 {
				together.models = append(together.models, &linearSVC{linear: l})
				continue
			}
			p := &probabilistic{model: &binaryLogistic{linear: l}, raw: true, probability: true}
			together.models = append(together.models, dotHead{p, &l})
		}
		if together.lines = linesOf(together.models); (together.lines != nil) != (size >= togetherSize) {
			t.Errorf("size %d: multiplied at once is %v", size, together.lines != nil)
		}
		apart := *together
		apart.lines = nil
		in := vectors(r, 600, size)
		got, refused := evaluate(t, together, in)
		want, same := evaluate(t, &apart, in)
		if refused != same || !array.Equal(got, want) {
			t.Errorf("size %d: %d rows are refused, want %d; %v, want %v", size, refused, same, got, want)
		}
	}
	uneven := []member{&linearSVC{linear: linear{coefficients: make([]float64, 20)}}, &linearSVC{linear: linear{coefficients: make([]float64, 21)}}}
	if linesOf(uneven) != nil {
		t.Error("models of two sizes are multiplied at once")
	}
}
