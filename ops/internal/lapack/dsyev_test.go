package lapack

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lines reads a file that testdata/EigenFixtures.java printed.
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

func TestDsyevHasTheBitsOfTheJVM(t *testing.T) {
	want := lines(t, "testdata/dsyev_digests.txt")
	if len(want) != 13*66 {
		t.Fatalf("found %d digests, want %d", len(want), 13*66)
	}
	differ := map[string]int{}
	for _, line := range want {
		var kind string
		var n int
		if _, err := fmt.Sscan(line, &kind, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		w, z, err := Dsyev(n, matrix(kind, n))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		got := fmt.Sprintf("%s %d %016x", kind, n, digest(digest(0xcbf29ce484222325, w), z))
		if got != line {
			differ[kind]++
			if differ[kind] == 1 {
				t.Errorf("found %q, want %q", got, line)
			}
		}
	}
	if diff := cmp.Diff(map[string]int{}, differ); diff != "" {
		t.Errorf("matrices that differ, by kind (-want +found):\n%s", diff)
	}
}

func TestDsyevValuesOfSmallMatrices(t *testing.T) {
	for _, line := range lines(t, "testdata/dsyev_values.txt") {
		var kind string
		var n int
		if _, err := fmt.Sscan(line, &kind, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		w, z, err := Dsyev(n, matrix(kind, n))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		got := fmt.Sprintf("%s %d |%s |%s", kind, n, hex(w), hex(z))
		if diff := cmp.Diff(line, got); diff != "" {
			t.Errorf("%s %d (-want +found):\n%s", kind, n, diff)
		}
	}
}

func TestDsyevReadsTheLowerTriangleOnlyAndKeepsItsInput(t *testing.T) {
	const n = 6
	a := matrix("covariance", n)
	w, z, err := Dsyev(n, a)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(matrix("covariance", n), a); diff != "" {
		t.Errorf("input changed:\n%s", diff)
	}
	for j := range n {
		for i := range j {
			a[j*n+i] = math.NaN()
		}
	}
	w2, z2, err := Dsyev(n, a)
	if err != nil {
		t.Fatal(err)
	}
	if hex(w) != hex(w2) || hex(z) != hex(z2) {
		t.Error("the upper triangle changes the result")
	}
}

func TestDsyevRefuses(t *testing.T) {
	if _, _, err := Dsyev(3, make([]float64, 8)); err == nil {
		t.Error("8 elements for order 3: no error")
	}
	if _, _, err := Dsyev(0, nil); err == nil {
		t.Error("order 0: no error")
	}
}

func TestDsyevOnNonFiniteElementsEndsAsInTheJVM(t *testing.T) {
	a := matrix("covariance", 5)
	a[0] = math.NaN()
	_, _, err := Dsyev(5, a)
	var notConverged *NotConvergedError
	if !errors.As(err, &notConverged) || notConverged.Off != 4 {
		t.Errorf("with NaN: error %v, want that 4 elements are left", err)
	}
	a[0] = math.Inf(1)
	w, _, err := Dsyev(5, a)
	if err != nil {
		t.Fatalf("with an infinity: %v", err)
	}
	for i, x := range w {
		if !math.IsNaN(x) {
			t.Errorf("with an infinity: eigenvalue %d is %v, want NaN", i, x)
		}
	}
}
