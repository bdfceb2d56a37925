package parquet

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/klauspost/compress/s2"
)

// sequences are words that share more or fewer bytes with those before.
func sequences() map[string][]uint64 {
	r := rand.New(rand.NewPCG(1, 2))
	mixed := make([]uint64, 5000)
	for i := range mixed {
		mixed[i] = r.Uint64() >> (8 * r.IntN(9) % 64)
	}
	ids := make([]uint64, 100_000)
	random := make([]uint64, 20_000)
	for i := range ids {
		ids[i] = uint64(i)
	}
	for i := range random {
		random[i] = r.Uint64()
	}
	return map[string][]uint64{
		"none": nil, "one": {7}, "same": make([]uint64, 300), "mixed": mixed, "ids": ids, "random": random,
		"long literal": append(append([]uint64{1, 2}, random[:40]...), 1, 1, 1),
	}
}

func TestWordSnappyIsReadBySnappy(t *testing.T) {
	for name, v := range sequences() {
		for _, head := range [][]byte{nil, {2, 0, 0, 0, 6, 1}, bytes.Repeat([]byte{9}, 70_000)} {
			checkWordSnappy(t, name, head, v)
		}
	}
}

func checkWordSnappy(t *testing.T, name string, head []byte, v []uint64) {
	t.Helper()
	packed := appendWordSnappy([]byte("before"), head, v)
	got, err := s2.Decode(nil, packed[len("before"):])
	if want := append(bytes.Clone(head), arrow.GetBytes(v)...); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes and %d words come back as %d bytes, %v", name, len(head), len(v), len(got), err)
	}
}

func FuzzWordSnappy(f *testing.F) {
	f.Add([]byte("12345678123456781234"), 3)
	f.Add(bytes.Repeat([]byte{0, 0, 0, 0, 0, 0, 1, 2}, 70), 0)
	f.Fuzz(func(t *testing.T, b []byte, head int) {
		head = min(max(head, 0), len(b))
		v := make([]uint64, (len(b)-head)/8)
		for i := range v {
			v[i] = binary.LittleEndian.Uint64(b[head+8*i:])
		}
		checkWordSnappy(t, "fuzz", b[:head], v)
	})
}

func BenchmarkWordSnappy(b *testing.B) {
	ids := sequences()["ids"]
	var dst []byte
	b.Run("words", func(b *testing.B) {
		b.SetBytes(int64(8 * len(ids)))
		for b.Loop() {
			dst = appendWordSnappy(dst[:0], nil, ids)
		}
	})
	b.Run("any", func(b *testing.B) {
		b.SetBytes(int64(8 * len(ids)))
		for b.Loop() {
			dst = s2.EncodeSnappy(dst[:cap(dst)], arrow.GetBytes(ids))
		}
	})
}
