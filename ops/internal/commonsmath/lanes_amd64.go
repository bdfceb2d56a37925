//go:build !purego

package commonsmath

import "golang.org/x/sys/cpu"

// hasLanes says whether this processor runs the vector code.
var hasLanes = cpu.X86.HasAVX2

// digammaLanes replaces blocks of laneCount numbers above 1e-5 by their digamma. It
// writes to terms.
//
//go:noescape
func digammaLanes(x *float64, blocks int, terms *[49 * laneCount]float64)
