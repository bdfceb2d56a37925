package commonsmath

import "math"

// laneCount is the number of arguments that vector code takes at once.
const laneCount = 8

// Digammas computes many digammas at once. It keeps memory for that, so it is for one
// goroutine; the zero value is ready.
type Digammas struct {
	terms [49 * laneCount]float64
	rest  [laneCount]float64
	odd   []float64 // the arguments that vector code does not take
	at    []int     // and where they stand
}

// Replace sets every x[i] to Digamma(x[i]).
func (d *Digammas) Replace(x []float64) {
	if !hasLanes {
		for i, v := range x {
			x[i] = Digamma(v)
		}
		return
	}
	d.odd, d.at = d.odd[:0], d.at[:0]
	for i, v := range x {
		if !(v > 1e-5 && v <= math.MaxFloat64) {
			d.odd, d.at = append(d.odd, v), append(d.at, i)
			x[i] = 50
		}
	}
	whole := len(x) / laneCount
	if whole > 0 {
		digammaLanes(&x[0], whole, &d.terms)
	}
	if tail := x[whole*laneCount:]; len(tail) > 0 {
		n := copy(d.rest[:], tail)
		for i := n; i < laneCount; i++ {
			d.rest[i] = 50
		}
		digammaLanes(&d.rest[0], 1, &d.terms)
		copy(tail, d.rest[:])
	}
	for i, at := range d.at {
		x[at] = Digamma(d.odd[i])
	}
}
