package parquet

import (
	"math/bits"

	"github.com/parquet-go/parquet-go/encoding/rle"
)

// A dictionary pays if values repeat. Numbers get one of up to maxNumbers
// entries, if the first dictionarySample values hold few enough of them.
const (
	maxNumbers       = 1 << (tableBits - 1)
	tableBits        = 15
	dictionarySample = 1 << 10

	// dictionaryPageValues is how many indices go into one page.
	dictionaryPageValues = 1 << 18
)

// indexBits is the width of the indices into a dictionary of n entries.
func indexBits(n int) int { return bits.Len(uint(max(n, 1) - 1)) }

// numberDictionary returns the distinct values of v in the order in which they
// first occur, and the index of each value; nil if there are too many.
func numberDictionary[W word](v []W, sc *scratch) ([]W, []int32) {
	if len(v) < 2 {
		return nil, nil
	}
	sample := min(len(v), dictionarySample)
	limit := min(maxNumbers, max(len(v)/4, 1))
	t := numberTable[W]{slots: sc.table(1 << tableBits)}
	idx := sc.indices(len(v))
	for i, x := range v {
		idx[i] = t.index(x)
		if len(t.dict) > limit || i+1 == sample && len(t.dict) > sample/2 {
			return nil, nil
		}
	}
	return t.dict, idx
}

// numberTable is a hash table with open addressing; a slot is an index plus
// one, or 0.
type numberTable[W word] struct {
	slots []int32
	dict  []W
}

func (t *numberTable[W]) index(x W) int32 {
	// The high bits of the product depend on all bits of x; floats that are
	// small integers have no low ones.
	mask := uint64(len(t.slots) - 1)
	for at := uint64(x) * 0x9E3779B97F4A7C15 >> (64 - tableBits); ; at = (at + 1) & mask {
		switch i := t.slots[at]; {
		case i == 0:
			t.dict = append(t.dict, x)
			t.slots[at] = int32(len(t.dict))
			return int32(len(t.dict)) - 1
		case t.dict[i-1] == x:
			return i - 1
		}
	}
}

// appendIndices adds the values of a data page that is dictionary-encoded.
func appendIndices(dst []byte, idx []int32, sc *scratch) ([]byte, error) {
	var enc rle.DictionaryEncoding
	data, err := enc.EncodeInt32(sc.coded, idx)
	sc.coded = data
	return append(dst, data...), err
}
