package tree

import (
	"math"
	"unsafe"
)

// levels are the thresholds of a column as a tree whose nodes have fan thresholds and
// one more child: vector code compares a value with those of a node at once. Level 0
// has one node; entry j of level l is the last threshold of step j, the steps being
// fan^(depth-1-l) thresholds long.
type levels struct {
	at    [4]unsafe.Pointer
	depth int
}

const fan = 16

// newLevels takes the thresholds from the greatest on.
func newLevels(thresholds []float64) (l levels) {
	step := 1
	for l.depth = 1; step*fan <= len(thresholds); l.depth++ {
		step *= fan
	}
	for k := range l.depth {
		full := len(thresholds) / step
		level := make([]float64, (full/fan+1)*fan)
		for j := range level {
			level[j] = math.NaN()
			if j < full {
				level[j] = thresholds[(j+1)*step-1]
			}
		}
		l.at[k] = unsafe.Pointer(unsafe.SliceData(level))
		step /= fan
	}
	return l
}

// findRanks writes the ranks of values to out, where they count from minus the
// bias; gone is that of NaN. The values are read, and the ranks written, up to the
// next multiple of rankRows.
func findRanks[T uint8 | uint16](c *rankColumn, x []float64, gone uint16, out []T, bias T) {
	if hasSearch {
		switch out := any(&out[0]).(type) {
		case *uint8:
			searchBytes(&x[0], len(x), &c.levels.at[0], c.levels.depth, int(gone), out)
		case *uint16:
			searchWords(&x[0], len(x), &c.levels.at[0], c.levels.depth, int(gone), out)
		}
		return
	}
	ranks(&x[0], len(x), c.thresholds, &out[0], bias)
	if gone != 0 {
		for i, v := range x {
			if v != v {
				out[i] = T(gone) ^ bias
			}
		}
	}
}

// rankRows is the number of rows whose ranks are searched side by side.
const rankRows = 4

// ranks is findRanks without vector code.
func ranks[T uint8 | uint16](x *float64, n int, thresholds []float64, out *T, bias T) {
	p, t, q := unsafe.Pointer(x), unsafe.Pointer(unsafe.SliceData(thresholds)), unsafe.Pointer(out)
	half := uintptr(len(thresholds)+1) / 2
	for ; n > 0; n -= rankRows {
		x0, x1 := *(*float64)(p), *(*float64)(unsafe.Add(p, 8))
		x2, x3 := *(*float64)(unsafe.Add(p, 16)), *(*float64)(unsafe.Add(p, 24))
		var r0, r1, r2, r3 uintptr
		for step := half; step > 0; step /= 2 {
			at := unsafe.Add(t, step*8-8)
			r0 += step & -notAbove(x0, at, r0)
			r1 += step & -notAbove(x1, at, r1)
			r2 += step & -notAbove(x2, at, r2)
			r3 += step & -notAbove(x3, at, r3)
		}
		*(*T)(q) = T(r0) ^ bias
		*(*T)(unsafe.Add(q, unsafe.Sizeof(*out))) = T(r1) ^ bias
		*(*T)(unsafe.Add(q, 2*unsafe.Sizeof(*out))) = T(r2) ^ bias
		*(*T)(unsafe.Add(q, 3*unsafe.Sizeof(*out))) = T(r3) ^ bias
		p, q = unsafe.Add(p, 8*rankRows), unsafe.Add(q, rankRows*unsafe.Sizeof(*out))
	}
}

// notAbove is 1 if x is at most threshold i, else 0.
func notAbove(x float64, thresholds unsafe.Pointer, i uintptr) uintptr {
	var b uint8
	if x <= *(*float64)(unsafe.Add(thresholds, i*8)) {
		b = 1
	}
	return uintptr(b)
}
