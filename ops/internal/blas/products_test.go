package blas

import (
	"fmt"
	"testing"

	"leapscore/internal/testcpu"
)

// rowsCase is one matrix with some rows, and what the outputs hold before.
type rowsCase struct {
	m, n   int
	a      []float64
	xs, ys Rows
}

func newRowsCase(m, n, rows, kind int) rowsCase {
	s := seeded(7, m, n, rows, kind)
	c := rowsCase{m: m, n: n, a: s.dense(m*n, kind)}
	c.xs, c.ys = s.rows(n, rows, kind), s.rows(m, rows, kind)
	return c
}

// rows are some rows of n, the last one first, with gaps of n%3 between them.
func (s *source) rows(n, rows, kind int) Rows {
	r := Rows{Values: s.dense(rows*(n+n%3), kind)}
	for i := range rows {
		r.At = append(r.At, (rows-1-i)*(n+n%3))
	}
	return r
}

func (c rowsCase) outputs() Rows { return Rows{clone(c.ys.Values), c.ys.At} }

// productForm is a product of many rows, and the same as functions of one row have it.
type productForm struct {
	name  string
	many  func(m, n int, a []float64) rowProduct
	alone func(m, n int, a, x, y []float64)
}

var forms = []productForm{
	{"GemvN", func(m, n int, a []float64) rowProduct {
		return rowProduct{m: m, n: n, a: a, kind: inFours, start: fromOutput}
	}, func(m, n int, a, x, y []float64) { GemvN(m, n, 1, a, x, 1, y) }},
	{"chains", func(m, n int, a []float64) rowProduct {
		return rowProduct{m: m, n: n, a: a, kind: upward}
	}, func(m, n int, a, x, y []float64) { GemvT(n, m, 1, transposed(m, n, a), x, 0, y) }},
	{"small Gemm", func(m, n int, a []float64) rowProduct {
		return rowProduct{m: m, n: n, a: a, kind: upward, addEvery: n}
	}, func(m, n int, a, x, y []float64) { gemm(m, 1, n, 1, a, x, 1, y, true) }},
	{"Gemm in blocks", func(m, n int, a []float64) rowProduct {
		return rowProduct{m: m, n: n, a: a, kind: upward, addEvery: blockK}
	}, func(m, n int, a, x, y []float64) { gemm(m, 1, n, 1, a, x, 1, y, false) }},
	{"distances", func(m, n int, a []float64) rowProduct {
		return rowProduct{m: m, n: n, a: a, kind: apart}
	}, distancesAlone},
}

func distancesAlone(m, n int, a, x, y []float64) {
	t := transposed(m, n, a)
	for i := range y {
		y[i] = SqDist(t[i*n:(i+1)*n], x)
	}
}

func transposed(m, n int, a []float64) []float64 {
	t := make([]float64, len(a))
	for i := range m {
		for j := range n {
			t[i*n+j] = a[i+j*m]
		}
	}
	return t
}

func TestProductsOfManyRowsHaveTheBitsOfOneRow(t *testing.T) {
	for _, kernel := range productKernels {
		for _, form := range forms {
			t.Run(kernel.name+"/"+form.name, func(t *testing.T) {
				for m := 1; m <= 40; m++ {
					checkProduct(t, &kernel, form, m, 1+(m*7)%23, 1+m%19, m%4)
				}
				for _, c := range [][4]int{
					{1, 1, 1, 2}, {3, 50, 256, 2}, {13, 1003, 9, 1}, {250, 170, 257, 1}, {490, 7, 12, 2},
					{24, 501, 5, 3}, {200, 2000, 6, 1},
				} {
					checkProduct(t, &kernel, form, c[0], c[1], c[2], c[3])
				}
			})
		}
	}
}

func checkProduct(t *testing.T, kernel *productKernel, form productForm, m, n, rows, kind int) {
	t.Helper()
	c := newRowsCase(m, n, rows, kind)
	got, want := c.outputs(), c.outputs()
	p := form.many(m, n, c.a)
	p.with(kernel, c.xs, got)
	for i := range c.xs.At {
		form.alone(m, n, c.a, c.xs.Row(i, n), want.Row(i, m))
	}
	if digest(got.Values...) != digest(want.Values...) {
		t.Fatalf("%s of %d x %d, %d rows of kind %d: %v, want %v", form.name, m, n, rows, kind, got, want)
	}
}

func TestRowsOfProductsGiveThatOfOneRow(t *testing.T) {
	for _, rows := range []int{0, 1, 3, 4, 30} {
		for _, size := range [][2]int{{3, 5}, {1, 9}, {600, 1700}, {4, 0}} {
			m, n := size[0], size[1]
			c := newRowsCase(m, n, rows, 1)
			for _, f := range []struct {
				name  string
				many  func(m, n int, a []float64, xs, ys Rows)
				alone func(x, y []float64)
			}{
				{"GemvNRows", GemvNRows, func(x, y []float64) { GemvN(m, n, 1, c.a, x, 1, y) }},
				{"ChainRows", ChainRows, func(x, y []float64) { GemvT(n, m, 1, transposed(m, n, c.a), x, 0, y) }},
				{"DistanceRows", DistanceRows, func(x, y []float64) { distancesAlone(m, n, c.a, x, y) }},
				{"GemmRows", GemmRows, func(x, y []float64) { GemmColumns(m, 1, n, 1, c.a, x, 1, y) }},
			} {
				got, want := c.outputs(), c.outputs()
				f.many(m, n, c.a, c.xs, got)
				for i := range c.xs.At {
					f.alone(c.xs.Row(i, n), want.Row(i, m))
				}
				if digest(got.Values...) != digest(want.Values...) {
					t.Errorf("%s of %d x %d, %d rows: %v, want %v", f.name, m, n, rows, got, want)
				}
			}
		}
	}
}

func BenchmarkRows(b *testing.B) {
	for _, size := range [][3]int{{200, 2000, 512}, {3, 6, 512}, {3, 50, 512}, {10, 10, 512}, {64, 100, 256}} {
		m, n, rows := size[0], size[1], size[2]
		c := newRowsCase(m, n, rows, 0)
		for _, kernel := range productKernels {
			for _, form := range forms[:3] {
				b.Run(fmt.Sprintf("%dx%d/%s/%s", m, n, kernel.name, form.name), func(b *testing.B) {
					ys := c.outputs()
					p := form.many(m, n, c.a)
					measure(b, m*n*rows, func() { p.with(&kernel, c.xs, ys) })
				})
			}
		}
		b.Run(fmt.Sprintf("%dx%d/alone/GemvN", m, n), func(b *testing.B) {
			ys := c.outputs()
			measure(b, m*n*rows, func() {
				for i := range c.xs.At {
					GemvN(m, n, 1, c.a, c.xs.Row(i, n), 1, ys.Row(i, m))
				}
			})
		})
	}
}

// measure reports multiplications and additions for each nanosecond of a processor.
func measure(b *testing.B, terms int, f func()) {
	start := testcpu.Time()
	for b.Loop() {
		f()
	}
	spent := testcpu.Time() - start
	b.ReportMetric(2*float64(terms)*float64(b.N)/float64(spent.Nanoseconds()), "flop/cpu-ns")
}
