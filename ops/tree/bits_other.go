//go:build !amd64 || purego

package tree

const hasBits = false

func bitSlots(*bitSplit, int, *float64, uintptr, int32, *int32) { panic("no vector code") }
