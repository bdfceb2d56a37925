//go:build !amd64 || purego

package tree

import "unsafe"

const hasMux, hasSearch = false, false

func muxTree(*cherry, int, *muxSplit, int, *uint8, *endArea, *[muxRows]uint8) {
	panic("no vector code")
}
func muxSide(*uint8, *side, *uint8)                            { panic("no vector code") }
func searchBytes(*float64, int, *unsafe.Pointer, int, *uint8)  { panic("no vector code") }
func searchWords(*float64, int, *unsafe.Pointer, int, *uint16) { panic("no vector code") }
func levelTree(*level, int, *uint8, *[muxRows]uint8)           { panic("no vector code") }
