//go:build !amd64 || purego

package javamath

// hasLanes says whether there is vector code.
const hasLanes = false

func expLanes(_, _ *float64, _ int) int { panic("no vector code on this processor") }
func logLanes(_, _ *float64, _ int) int { panic("no vector code on this processor") }
