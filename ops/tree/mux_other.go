//go:build !amd64 || purego

package tree

const hasMux = false

func muxTree(*cherry, int, *muxSplit, int, *uint8, *endArea, *[muxRows]uint8) {
	panic("no vector code")
}
func muxSide(*uint8, *side, *uint8) { panic("no vector code") }
