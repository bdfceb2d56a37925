package javatext

import "slices"

// Digit is Character.digit(c, 10) of r as a Java char: the value of a decimal
// digit of any script, or -1. Digits beyond the BMP are two chars in Java, and
// neither of them is a digit.
func Digit(r rune) int {
	if r < 0x80 {
		if '0' <= r && r <= '9' {
			return int(r - '0')
		}
		return -1
	}
	if r > 0xffff {
		return -1
	}
	i, found := slices.BinarySearch(zeros, uint16(r))
	if found {
		return 0
	}
	if d := int(r) - int(zeros[i-1]); d < 10 {
		return d
	}
	return -1
}

// IsDigit is Character.isDigit(char) of r.
func IsDigit(r rune) bool { return Digit(r) >= 0 }

// zeros are the digits zero of the BMP in Unicode 13, each followed by its nine
// fellows.
var zeros = []uint16{
	0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6,
	0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0,
	0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
	0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
}
