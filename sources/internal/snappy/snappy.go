// Package snappy decompresses Snappy piece by piece, so that a page of any size takes the
// memory of a window. The format is described in format_description.txt of its project.
package snappy

import "encoding/binary"

// Slack is how many bytes behind what it decompresses Elements may overwrite, and how many
// bytes of its input it leaves to its caller.
const Slack = 80

// mostLiteral is the longest literal whose length is in its tag.
const mostLiteral = 60

// Elements decompresses elements of src to dst behind dst[:w], until w is end or a little
// more. It returns w and how many bytes of src it has used. It stops before an element that
// it leaves to its caller: near the end of src or dst, a long literal, and a copy from
// before dst.
func Elements(dst []byte, w, end int, src []byte) (int, int) {
	end = min(end, len(dst)-Slack)
	at, last := 0, len(src)-Slack
	for w < end && at <= last {
		tag := src[at]
		n, off, size := int(tag>>2)+1, 0, 0
		switch tag & 3 {
		case 0:
			if n > mostLiteral {
				return w, at
			}
			copyLiteral(dst[w:], src[at+1:], n)
			w += n
			at += 1 + n
			continue
		case 1:
			n, off, size = 4+(n-1)&7, int(tag>>5)<<8|int(src[at+1]), 2
		case 2:
			off, size = int(binary.LittleEndian.Uint16(src[at+1:])), 3
		default:
			off, size = int(binary.LittleEndian.Uint32(src[at+1:])), 5
		}
		if off > w || off == 0 {
			return w, at
		}
		at += size
		if off >= 16 {
			from, to := dst[w-off:], dst[w:]
			*(*[16]byte)(to) = *(*[16]byte)(from)
			for k := 16; k < n; k += 16 {
				*(*[16]byte)(to[k:]) = *(*[16]byte)(from[k:])
			}
		} else {
			repeat(dst, w, off, n)
		}
		w += n
	}
	return w, at
}

// copyLiteral copies n bytes, up to 60, and overwrites up to 64.
func copyLiteral(dst, src []byte, n int) {
	*(*[16]byte)(dst) = *(*[16]byte)(src)
	if n > 16 {
		*(*[16]byte)(dst[16:]) = *(*[16]byte)(src[16:])
		*(*[16]byte)(dst[32:]) = *(*[16]byte)(src[32:])
		*(*[16]byte)(dst[48:]) = *(*[16]byte)(src[48:])
	}
}

// repeat writes n bytes, up to 64, that repeat the off bytes before dst[w].
func repeat(dst []byte, w, off, n int) {
	if off >= 8 {
		for k := 0; k < n; k += 8 {
			*(*[8]byte)(dst[w+k:]) = *(*[8]byte)(dst[w+k-off:])
		}
		return
	}
	for k := w; k < w+n; k++ {
		dst[k] = dst[k-off]
	}
}
