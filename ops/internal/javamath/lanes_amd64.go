//go:build !purego

package javamath

import "golang.org/x/sys/cpu"

// hasLanes says whether this processor runs the vector code.
var hasLanes = cpu.X86.HasAVX2

// expLanes is Exp up to 709, and from -619 on or below -746.
//
//go:noescape
func expLanes(dst, src *float64, blocks int) (done int)

// logLanes is Log of positive normal numbers.
//
//go:noescape
func logLanes(dst, src *float64, blocks int) (done int)
