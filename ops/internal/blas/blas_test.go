package blas

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// source makes the inputs of testdata/Blas.java: splitmix64, seeded alike.
type source uint64

func seeded(parts ...int) *source {
	var s source
	for _, p := range parts {
		s = (s ^ source(p)) * 0x9E3779B97F4A7C15
		s.next()
	}
	return &s
}

func (s *source) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

var special = []float64{
	0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1),
	math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64, 1, -1,
}

func (s *source) value(kind int) float64 {
	u := float64(float64(s.next()>>11)*0x1p-52) - 1
	switch kind {
	case 1:
		return math.Ldexp(u, int(s.next()>>58)-30)
	case 2:
		if s.next()>>60 == 0 {
			return special[(s.next()>>1)%uint64(len(special))]
		}
	case 3:
		return u * 0x1p-537
	}
	return u
}

func (s *source) dense(n, kind int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = s.value(kind)
	}
	return x
}

func (s *source) floats(n, kind int) []float32 {
	x := make([]float32, n)
	for i := range x {
		if kind == 3 {
			x[i] = float32(s.value(0) * 0x1p-70)
		} else {
			x[i] = float32(s.value(kind))
		}
	}
	return x
}

func (s *source) sparse(n, kind int) (idx []int32, vals []float64) {
	for i := range n {
		if s.next()>>62 == 0 {
			idx = append(idx, int32(i))
			vals = append(vals, s.value(kind))
		}
	}
	return idx, vals
}

// digest is FNV-1a over the bits, with every NaN counted as the same.
func digest(x ...float64) string {
	h := uint64(0xCBF29CE484222325)
	for _, v := range x {
		bits := math.Float64bits(v)
		if v != v {
			bits = 0x7ff8000000000000
		}
		h = (h ^ bits) * 0x100000001B3
	}
	return fmt.Sprintf("%016x", h)
}

// clone returns a copy whose capacity is its length.
func clone(x []float64) []float64 {
	return append(make([]float64, 0, len(x)), x...)
}

// call runs one line of blas.txt.
type call struct {
	name string
	num  []int     // sizes and kind
	fac  []float64 // factors
}

func parse(fields []string) (c call, err error) {
	c.name = fields[0]
	for _, f := range fields[1:] {
		if strings.Contains(f, ".") {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				return c, err
			}
			c.fac = append(c.fac, v)
			continue
		}
		v, err := strconv.Atoi(f)
		if err != nil {
			return c, err
		}
		c.num = append(c.num, v)
	}
	return c, nil
}

func (c call) run() (string, error) {
	switch {
	case c.name == "gemm" && len(c.num) == 4 && len(c.fac) == 2:
		return digest(c.gemm()...), nil
	case len(c.num) == 3 && len(c.fac) == 2:
		out, err := c.level2()
		return digest(out...), err
	case len(c.num) == 1:
		var all []float64
		for kind := range 4 {
			out, err := c.level1(kind)
			if err != nil {
				return "", err
			}
			all = append(all, out...)
		}
		return digest(all...), nil
	}
	return "", fmt.Errorf("%d sizes and %d factors for %q", len(c.num), len(c.fac), c.name)
}

func (c call) level1(kind int) ([]float64, error) {
	n := c.num[0]
	factor := []float64{0, 1, -1, 0.3}[n%4]
	s := seeded(1, n, kind)
	x, y := s.dense(n, kind), s.dense(n, kind)
	fx, fy := s.floats(n, kind), s.floats(n, kind)
	xi, xv := s.sparse(n, kind)
	yi, yv := s.sparse(n, kind)
	z := clone(y)
	switch c.name {
	case "dot":
		return []float64{Dot(x, y)}, nil
	case "sdot":
		return []float64{float64(Sdot(fx, fy))}, nil
	case "dotsparse":
		return []float64{DotSparse(xi, xv, y), DotSparse(xi, xv, y)}, nil
	case "dotsparsesparse":
		return []float64{DotSparseSparse(xi, xv, yi, yv)}, nil
	case "axpy":
		Axpy(factor, x, z)
		return z, nil
	case "axpysparse":
		AxpySparse(factor, xi, xv, z)
		return z, nil
	case "scal":
		Scal(factor, z)
		return z, nil
	case "norm1":
		return []float64{Norm1(x), Norm1(xv)}, nil
	case "norm2":
		return []float64{Norm2(x), Norm2(xv)}, nil
	case "norminf":
		return []float64{NormInf(x), NormInf(xv)}, nil
	case "sqdist":
		return []float64{SqDist(x, y)}, nil
	case "sqdistsparse":
		return []float64{SqDistSparse(xi, xv, y), SqDistSparse(xi, xv, y)}, nil
	case "sqdistsparsesparse":
		return []float64{SqDistSparseSparse(xi, xv, yi, yv)}, nil
	}
	return nil, fmt.Errorf("unknown call %q", c.name)
}

func (c call) level2() ([]float64, error) {
	m, n, kind, alpha, beta := c.num[0], c.num[1], c.num[2], c.fac[0], c.fac[1]
	s := seeded(2, m, n, kind)
	a, x, y := s.dense(m*n, kind), s.dense(n, kind), s.dense(m, kind)
	xi, xv := s.sparse(n, kind)
	yi, yv := s.sparse(m, kind)
	outX, outY := clone(x), clone(y)
	if beta == 0 {
		clear(outX)
		clear(outY)
	}
	switch c.name {
	case "gemvn":
		GemvN(m, n, alpha, a, x, beta, outY)
		return outY, nil
	case "gemvnsparse":
		GemvNSparse(m, n, alpha, a, xi, xv, beta, outY)
		return outY, nil
	case "gemvt":
		GemvT(m, n, alpha, a, y, beta, outX)
		return outX, nil
	case "gemvtsparse", "pca":
		GemvTSparse(m, n, alpha, a, yi, yv, beta, outX)
		return outX, nil
	}
	return nil, fmt.Errorf("unknown call %q", c.name)
}

func (c call) gemm() []float64 {
	m, n, k, kind := c.num[0], c.num[1], c.num[2], c.num[3]
	s := seeded(3, m, n, k, kind)
	a, b, out := s.dense(m*k, kind), s.dense(k*n, kind), s.dense(m*n, kind)
	GemmNN(m, n, k, c.fac[0], a, b, c.fac[1], out)
	return out
}

// The digests come from Java11BLAS and from Spark's BLAS and Vectors.
func TestBitsEqualTheReferenceClasses(t *testing.T) {
	f, err := os.Open("testdata/blas.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := map[string]int{}
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		fields := strings.Fields(sc.Text())
		want := fields[len(fields)-1]
		c, err := parse(fields[:len(fields)-1])
		if err != nil {
			t.Fatalf("%s: %v", sc.Text(), err)
		}
		seen[c.name]++
		got, err := c.run()
		if err != nil {
			t.Fatalf("%s: %v", sc.Text(), err)
		}
		if got != want {
			t.Errorf("%s: got %s", sc.Text(), got)
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"dot", "sdot", "dotsparse", "dotsparsesparse", "axpy", "axpysparse", "scal",
		"norm1", "norm2", "norminf", "sqdist", "sqdistsparse", "sqdistsparsesparse",
		"gemvn", "gemvnsparse", "gemvt", "gemvtsparse", "pca", "gemm",
	} {
		if seen[name] == 0 {
			t.Errorf("no line for %s", name)
		}
	}
}
