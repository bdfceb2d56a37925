package booster

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// stats is a table of statistics of the target by category. A category is a hash of 64
// bits.
type stats struct {
	index       *index
	means       []mean  // of the two kinds of means
	counts      []int32 // of the others, classes a category
	classes     int
	denominator int32
}

// mean is the sum of the targets of a category, and how many there were.
type mean struct {
	sum   float32
	count int32
}

// noCategory is the hash of an empty bucket.
const noCategory = math.MaxUint64

var errStats = errors.New("the statistics of categories in the file are damaged")

func bitsOf(raw []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(raw)) }

// readStats reads the part static_provider_v1: how many tables, and the tables.
func readStats(data []byte, into map[string]*stats) (rest []byte, err error) {
	n, rest, err := length(data)
	if err != nil {
		return nil, err
	}
	for ; n > 0; n-- {
		var one []byte
		if one, rest, err = sized(rest); err != nil {
			return nil, err
		}
		if err := readTable(one, into); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func readTable(data []byte, into map[string]*stats) error {
	f := newFlat(data)
	root := f.root()
	base := readBase(root.sub(0))
	index, blob := root.bytes(1, 1), root.bytes(2, 1)
	s := &stats{classes: int(root.i32(4, 0)), denominator: root.i32(3, 0)}
	if f.err != nil {
		return f.err
	}
	if int(base.kind) >= len(ctrTypeNames) {
		return fmt.Errorf("statistics of categories of kind %d are not known: want 0 to %d", base.kind, len(ctrTypeNames)-1)
	}
	into[base.key()] = s
	s.fill(base.kind, blob)
	return s.addBuckets(index, base.kind)
}

// fill takes the numbers over.
func (s *stats) fill(kind ctrType, blob []byte) {
	if kind == ctrBinarizedMean || kind == ctrFloatMean {
		s.means = make([]mean, len(blob)/8)
		for i := range s.means {
			s.means[i] = mean{bitsOf(blob[8*i:]), int32(binary.LittleEndian.Uint32(blob[8*i+4:]))}
		}
		return
	}
	s.counts = make([]int32, len(blob)/4)
	for i := range s.counts {
		s.counts[i] = int32(binary.LittleEndian.Uint32(blob[4*i:]))
	}
}

// addBuckets reads a hash table of open addresses: 8 bytes of a hash, 4 of an index.
func (s *stats) addBuckets(raw []byte, kind ctrType) error {
	const size = 12
	n := len(raw) / size
	if len(raw)%size != 0 || bits.OnesCount(uint(n)) != 1 {
		return fmt.Errorf("%w: a hash table has %d bytes, want 12 times a power of two", errStats, len(raw))
	}
	full := 0
	for i := 0; i < len(raw); i += size {
		if binary.LittleEndian.Uint64(raw[i:]) != noCategory {
			full++
		}
	}
	s.index = newIndex(full)
	for i := 0; i < len(raw); i += size {
		hash, at := binary.LittleEndian.Uint64(raw[i:]), binary.LittleEndian.Uint32(raw[i+8:])
		if hash == noCategory {
			continue
		}
		if err := s.add(hash, at, kind); err != nil {
			return err
		}
	}
	return nil
}

func (s *stats) add(hash uint64, at uint32, kind ctrType) error {
	if width := s.width(kind); width < 1 || at > math.MaxInt32 || uint64(at)+1 > s.rows(kind)/uint64(width) {
		return fmt.Errorf("%w: a category names row %d of %d", errStats, at, s.rows(kind)/uint64(max(width, 1)))
	}
	s.index.put(hash, int32(at))
	return nil
}

// width is how many numbers a category has.
func (s *stats) width(kind ctrType) int {
	switch kind {
	case ctrBorders:
		return max(s.classes, 2) // of two classes whatever the file says, as CatBoost computes it
	case ctrBuckets:
		return s.classes
	}
	return 1
}

func (s *stats) rows(kind ctrType) uint64 {
	if kind == ctrBinarizedMean || kind == ctrFloatMean {
		return uint64(len(s.means))
	}
	return uint64(len(s.counts))
}
