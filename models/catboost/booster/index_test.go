package booster

import (
	"testing"

	"leapscore/internal/testseed"
)

func TestIndexFindsWhatWasPut(t *testing.T) {
	rng := testseed.Rand(t, 1, 0)
	for _, n := range []int{0, 1, 2, 3, 64, 1000} {
		x, want := newIndex(n), map[uint64]int32{}
		for range n {
			hash, row := rng.Uint64()>>uint(rng.IntN(64)), rng.Int32()
			if hash != noCategory {
				x.put(hash, row)
				want[hash] = row
			}
		}
		for hash, row := range want {
			if got := x.find(hash); got != row {
				t.Errorf("of %d: %x is in row %d, want %d", n, hash, got, row)
			}
		}
		for range 1000 {
			hash := rng.Uint64()
			if _, is := want[hash]; !is && x.find(hash) >= 0 {
				t.Errorf("of %d: %x was not put, and is in row %d", n, hash, x.find(hash))
			}
		}
		if x.find(noCategory) >= 0 {
			t.Errorf("of %d: the hash of no category has a row", n)
		}
	}
}
