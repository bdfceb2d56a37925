package commonsmath

import (
	"encoding/binary"
	"math"
	"testing"
)

// checkDigammas compares Digammas with Digamma, bit for bit but for NaN.
func checkDigammas(t *testing.T, d *Digammas, x []float64) {
	t.Helper()
	got := append([]float64(nil), x...)
	d.Replace(got)
	for i, v := range x {
		want := Digamma(v)
		if math.Float64bits(got[i]) != math.Float64bits(want) && !(math.IsNaN(got[i]) && math.IsNaN(want)) {
			t.Fatalf("digamma of %d numbers: element %d, of %v, is %v, want %v", len(x), i, v, got[i], want)
		}
	}
}

func TestManyDigammasHaveTheBitsOfSingleOnes(t *testing.T) {
	var d Digammas
	s := source(5)
	for n := range 40 {
		for range 200 {
			x := make([]float64, n)
			for i := range x {
				switch kind := s.next() >> 60; {
				case kind < 8:
					x[i] = s.unit() * 60
				case kind < 12:
					x[i] = s.unit()
				case kind < 13:
					x[i] = s.unit() * 1e-4
				case kind < 14:
					x[i] = math.Abs(math.Float64frombits(s.next()))
				case kind < 15:
					x[i] = -s.unit() * 100
				default:
					x[i] = special[s.next()%uint64(len(special))]
				}
			}
			checkDigammas(t, &d, x)
		}
	}
}

func FuzzDigammas(f *testing.F) {
	f.Add(make([]byte, 80))
	f.Fuzz(func(t *testing.T, data []byte) {
		x := make([]float64, len(data)/8)
		for i := range x {
			x[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		checkDigammas(t, new(Digammas), x)
	})
}

func BenchmarkDigammas(b *testing.B) {
	var d Digammas
	x := make([]float64, 80)
	for b.Loop() {
		for i := range x {
			x[i] = 0.5 + float64(i)*0.1
		}
		d.Replace(x)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/80, "ns/number")
}
