package feature

import (
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/murmur"
)

// HashingTermFrequency counts words by their hashes.
var HashingTermFrequency = &ops.Op{
	Name: "hashing_term_frequency",
	Doc:  "Counts words in the slots given by their hashes, as a sparse vector.",
	Attrs: []string{
		"num_features: long, the size of the vector; its low 32 bits count",
		"binary: boolean, whether counts become 1; false by default",
		"hashUnsafeBytesVersion: int, 1 (if absent) for the hash of Spark 2, else that of Spark 3",
	},
	Ports:  []string{"in input: list<string>", "out output: tensor<double>, sparse"},
	Source: "HashingTermFrequencyModel.scala, Murmur3_x86_32.java",
	Load:   loadHashingTermFrequency,
}

type hashingTermFrequency struct {
	slots  hashSlots
	binary bool
	v1     bool
}

func loadHashingTermFrequency(n *ops.Node) (ops.Kernel, error) {
	k := &hashingTermFrequency{
		slots:  newHashSlots(n.Attrs.Long("num_features")),
		binary: n.Attrs.BoolOr("binary", false),
		v1:     n.Attrs.IntOr("hashUnsafeBytesVersion", 1) == 1,
	}
	return k, n.Attrs.Err()
}

func (k *hashingTermFrequency) Inputs() []ops.Port { return wordsPort("input") }
func (k *hashingTermFrequency) Outputs() []ops.Port {
	return port("output", bundle.TensorOf(bundle.Double, []int{k.slots.n}))
}

func (k *hashingTermFrequency) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	words := column.ViewStringLists(in[0])
	all, _ := words.Size()
	out := column.NewVectorBuilder(b.Mem, b.Len, all/max(b.Len, 1)+1)
	var c slotCounter
	for row := range b.Len {
		if words.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null list")
			out.AppendNull()
			continue
		}
		lo, hi := words.Row(row)
		if !k.slots.fit(b, row, hi > lo) {
			out.AppendNull()
			continue
		}
		for i := lo; i < hi; i++ {
			h := int32(murmur.Seed)
			switch {
			case words.IsNullWord(i):
			case k.v1:
				h = murmur.V1(words.Word(i))
			default:
				h = murmur.V2(words.Word(i))
			}
			c.hits = append(c.hits, k.slots.of(h))
		}
		slots, counts := c.count(k.slots.n)
		if k.binary {
			for i := range counts {
				counts[i] = 1
			}
		}
		out.AppendSparse(k.slots.n, slots, counts)
	}
	return []arrow.Array{out.Array()}, nil
}

// hashSlots is a table of n slots for hashes.
type hashSlots struct {
	n       int
	inverse uint64 // 2^64 / n, rounded up, or 0 for less than 2 slots
	wrap    int64  // 2^32 modulo n
}

// newHashSlots takes the number of slots as MLeap reads it from a long.
func newHashSlots(n int64) hashSlots {
	s := hashSlots{n: int(int32(n))}
	if s.n > 1 {
		s.inverse = math.MaxUint64/uint64(s.n) + 1
		s.wrap = (1 << 32) % int64(s.n)
	}
	return s
}

// of returns the slot of a hash, as murmur.NonNegativeMod does. The remainder of the
// hash as an unsigned number is taken by multiplication (Lemire, Kaser and Kurz,
// "Faster Remainder by Direct Computation", 2019).
func (s *hashSlots) of(h int32) int32 {
	if s.inverse == 0 {
		return murmur.NonNegativeMod(h, int32(s.n))
	}
	slot, _ := bits.Mul64(s.inverse*uint64(uint32(h)), uint64(s.n))
	// Signs are as random as hashes, so that branches on them would be slow.
	signed := int64(slot) - s.wrap&(int64(h)>>63)
	return int32(signed + int64(s.n)&(signed>>63))
}

// fit rejects a row for which Java finds no slots. filled says whether the row
// needs one.
func (s *hashSlots) fit(b *ops.Batch, row int, filled bool) bool {
	switch {
	case s.n < 0:
		b.Reject(row, -1, ops.Invalid, "num_features is %d, want at least 0", s.n)
	case s.n == 0 && filled:
		b.Reject(row, -1, ops.Invalid, "num_features is 0, and there is something to count")
	default:
		return true
	}
	return false
}
