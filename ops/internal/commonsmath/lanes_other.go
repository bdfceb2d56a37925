//go:build !amd64 || purego

package commonsmath

// hasLanes says whether there is vector code.
const hasLanes = false

func digammaLanes(*float64, int, *[49 * laneCount]float64) { panic("no vector code on this processor") }
