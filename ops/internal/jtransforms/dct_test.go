package jtransforms

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kinds and vector are those of testdata/DctFixtures.java.
var kinds = []string{"random", "steps", "holes", "unit", "negated"}

// random is SplitMix64.
type random uint64

// next returns a double in [-1, 1).
func (r *random) next() float64 {
	*r += 0x9E3779B97F4A7C15
	z := uint64(*r)
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	z ^= z >> 31
	return float64(float64(z>>11)*0x1p-52) - 1
}

func vector(kind string, n int) []float64 {
	negZero := math.Copysign(0, -1)
	r := random(1000*n + len(kind))
	a := make([]float64, n)
	for i := range a {
		switch kind {
		case "random":
			a[i] = r.next()
		case "steps":
			a[i] = float64(i%7 - 3)
		case "holes":
			switch x := r.next(); {
			case x < 0:
			case x < 0.5:
				a[i] = negZero
			default:
				a[i] = x
			}
		case "unit":
			if i == n/2 {
				a[i] = 1
			}
		case "negated":
			a[i] = negZero
			if i == n/3 {
				a[i] = 2
			}
		}
	}
	return a
}

func digest(h uint64, x []float64) uint64 {
	for _, v := range x {
		b := math.Float64bits(v)
		for k := range 8 {
			h = (h ^ (b >> (8 * k) & 0xff)) * 0x100000001b3
		}
	}
	return h
}

func hex(x []float64) string {
	var b strings.Builder
	for _, v := range x {
		fmt.Fprintf(&b, " %016x", math.Float64bits(v))
	}
	return b.String()
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	s := bufio.NewScanner(f)
	for s.Scan() {
		out = append(out, s.Text())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func forward(d *DCT, a []float64) []float64 { d.Forward(a); return a }
func inverse(d *DCT, a []float64) []float64 { d.Inverse(a); return a }

// digests is the line that testdata/DctFixtures.java prints for length n.
func digests(n int) string {
	d := NewDCT(n)
	f := uint64(0xcbf29ce484222325)
	g := f
	for _, kind := range kinds {
		f = digest(f, forward(d, vector(kind, n)))
		g = digest(g, inverse(d, vector(kind, n)))
	}
	return fmt.Sprintf("%d %016x %016x", n, f, g)
}

func TestTransformsHaveTheBitsOfTheJVM(t *testing.T) {
	want := lines(t, "testdata/dct_digests.txt")
	if len(want) != 316 {
		t.Fatalf("found %d digests, want 316", len(want))
	}
	for _, line := range want {
		var n int
		if _, err := fmt.Sscan(line, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if got := digests(n); got != line {
			t.Errorf("found %q, want %q", got, line)
		}
	}
}

func TestValuesOfShortVectors(t *testing.T) {
	for _, line := range lines(t, "testdata/dct_values.txt") {
		var n int
		if _, err := fmt.Sscan(line, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		d := NewDCT(n)
		a, b := forward(d, vector("random", n)), inverse(d, vector("random", n))
		got := fmt.Sprintf("%d |%s |%s", n, hex(a), hex(b))
		if diff := cmp.Diff(line, got); diff != "" {
			t.Errorf("length %d (-want +found):\n%s", n, diff)
		}
	}
}

func TestInverseUndoesForward(t *testing.T) {
	for _, n := range []int{1, 2, 3, 16, 30, 77, 223, 1024} {
		d := NewDCT(n)
		want := vector("random", n)
		got := inverse(d, forward(d, vector("random", n)))
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-13 {
				t.Errorf("length %d: element %d is %v, want %v", n, i, got[i], want[i])
				break
			}
		}
	}
}

func TestOneDCTServesManyGoroutines(t *testing.T) {
	for _, n := range []int{64, 60, 223} {
		d := NewDCT(n)
		want := hex(forward(d, vector("random", n)))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 50 {
					if got := hex(forward(d, vector("random", n))); got != want {
						t.Errorf("length %d: another result beside other goroutines", n)
						return
					}
				}
			})
		}
		wg.Wait()
	}
}

// The pool of scratch memory is left out: the race detector empties it at
// random.
func TestARowCostsNoAllocation(t *testing.T) {
	for _, n := range []int{2, 64, 60, 223} {
		d := NewDCT(n)
		a := vector("random", n)
		s := d.plan.newScratch()
		got := testing.AllocsPerRun(100, func() {
			d.plan.forward(a, s)
			d.plan.inverse(a, s)
		})
		if got != 0 {
			t.Errorf("length %d: %v allocations for each row, want none", n, got)
		}
	}
}

func TestWrongLengthsPanic(t *testing.T) {
	cases := map[string]func(){
		"length 0":         func() { NewDCT(0) },
		"vector too long":  func() { NewDCT(4).Forward(make([]float64, 5)) },
		"vector too short": func() { NewDCT(4).Inverse(make([]float64, 3)) },
	}
	for name, f := range cases {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func BenchmarkForward(b *testing.B) {
	for _, n := range []int{16, 64, 100, 223, 1024, 4096} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := NewDCT(n)
			a := vector("random", n)
			row := make([]float64, n)
			b.SetBytes(int64(8 * n))
			for b.Loop() {
				copy(row, a)
				d.Forward(row)
			}
		})
	}
}
