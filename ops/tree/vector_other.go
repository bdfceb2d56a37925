//go:build !amd64 || purego

package tree

import "unsafe"

var bitKernels []bitKernel

const hasMux, hasSearch = false, false

func muxTree(*cherry, int, *muxSplit, int, *uint8, *endArea, *[muxRows]uint8) { panic(noVectors) }
func muxSide(*uint8, *side, *uint8)                                           { panic(noVectors) }
func searchBytes(*float64, int, *unsafe.Pointer, int, int, *uint8)            { panic(noVectors) }
func searchWords(*float64, int, *unsafe.Pointer, int, int, *uint16)           { panic(noVectors) }
func levelTree(*level, int, *uint8, uintptr, *uint8, int)                     { panic(noVectors) }
func addEnds64(*sumTree, int, *float64, int)                                  { panic(noVectors) }
func addEnds32(*sumTree, int, *float32, int)                                  { panic(noVectors) }

const noVectors = "no vector code on this processor"
