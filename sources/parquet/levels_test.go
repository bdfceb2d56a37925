package parquet

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"testing"

	"leapscore/internal/testseed"
	"leapscore/sources/internal/scan"
)

// encodedLevels returns random levels, and their runs.
func encodedLevels(r *rand.Rand, n int, most uint8) (levels, runs []byte) {
	width := bits.Len8(most)
	for len(levels) < n {
		if r.IntN(2) == 0 {
			k, v := 1+r.IntN(50), byte(r.IntN(int(most)+1))
			runs = append(binary.AppendUvarint(runs, uint64(k)<<1), v)
			levels = append(levels, bytes.Repeat([]byte{v}, k)...)
			continue
		}
		groups := 1 + r.IntN(9)
		part := make([]byte, 8*groups)
		for i := range part {
			part[i] = byte(r.IntN(int(most) + 1))
		}
		runs = binary.AppendUvarint(runs, uint64(groups)<<1|1)
		runs = append(runs, packBits(part, width)...)
		levels = append(levels, part...)
	}
	return levels[:n], append(runs, make([]byte, scan.Pad)...)[:len(runs)]
}

func packBits(levels []byte, width int) []byte {
	out := make([]byte, (len(levels)*width+7)/8)
	for i, v := range levels {
		for b := range width {
			out[(i*width+b)/8] |= v >> b & 1 << ((i*width + b) % 8)
		}
	}
	return out
}

func TestLevelsOfEveryWidth(t *testing.T) {
	for seed := range testseed.Seeds(t, 300) {
		r := rand.New(rand.NewPCG(seed, 1))
		most := uint8(1 + r.IntN(9))
		want, runs := encodedLevels(r, 1+r.IntN(2000), most)
		got, err := decodeLevels(nil, runs, len(want), most)
		if err != nil || !bytes.Equal(want, got) {
			t.Fatalf("seed %d: %d levels up to %d: %v, %d are right", seed, len(want), most, err, commonPrefix(want, got))
		}
		rows := r.IntN(len(want) + 2)
		wantEntries, wantBegun := 0, 0
		for wantEntries < len(want) && (want[wantEntries] != 0 || wantBegun < rows) {
			if want[wantEntries] == 0 {
				wantBegun++
			}
			wantEntries++
		}
		if entries, begun := rowsEnd(want, rows); entries != wantEntries || begun != wantBegun {
			t.Fatalf("seed %d: %d rows take %d entries and %d begin, want %d and %d", seed, rows, entries, begun, wantEntries, wantBegun)
		}
	}
}

func commonPrefix(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func TestLevelsAboveTheMostAreRefused(t *testing.T) {
	for name, runs := range map[string][]byte{
		"packed in two bits":   {1<<1 | 1, 0b11_00_01_10, 0},
		"packed in three bits": {1<<1 | 1, 0b111, 0, 0},
		"a run":                {4 << 1, 7},
		"too short":            {2<<1 | 1, 0},
	} {
		most := uint8(2)
		if name == "packed in three bits" {
			most = 5
		}
		padded := append(runs, make([]byte, scan.Pad)...)[:len(runs)]
		if levels, err := decodeLevels(nil, padded, 8, most); err == nil {
			t.Errorf("%s: %v, want an error", name, levels)
		}
	}
}

func TestStretchEndsAtTheFirstOtherLevel(t *testing.T) {
	for n := range 40 {
		for at := range n + 1 {
			b := bytes.Repeat([]byte{3}, n)
			if at < n {
				b[at] = 2
			}
			if got := stretch(b, 3); got != at {
				t.Errorf("%v: %d levels, want %d", b, got, at)
			}
		}
	}
}
