package sources

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"leapscore/engine/store"
)

// Shard is one of Count shards of the rows of some files, counted from 0. The files, in
// their order, are a line as long as their bytes, which is cut into Count pieces of one
// length. A row group, or a file of a format that is not cut, is in the shard in whose
// piece its middle lies. So each row is in exactly one shard, the shards follow each
// other as the rows do, and which rows a shard has depends on the names, the sizes and
// the row counts of the files alone.
type Shard struct{ Index, Count int }

// ParseShard reads "3/16".
func ParseShard(text string) (Shard, error) {
	index, count, both := strings.Cut(text, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(count)
	switch {
	case !both || err != nil || err2 != nil || n < 1:
		return Shard{}, fmt.Errorf("shard %q: want INDEX/COUNT such as 0/16, the first of 16", text)
	case n > MaxShards:
		return Shard{}, fmt.Errorf("shard %q: want at most %d shards", text, MaxShards)
	case i < 0 || i >= n:
		return Shard{}, fmt.Errorf("shard %q: shards are counted from 0: want 0/%d to %d/%d", text, n, n-1, n)
	}
	return Shard{i, n}, nil
}

// MaxShards is the most shards of a run: their numbers have five digits in names of
// files.
const MaxShards = 100_000

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// Piece is where a shard lies on the line of some files. A nil Piece has all of it.
type Piece struct {
	from, to int64
	starts   []int64 // of each file
	sizes    []int64
}

// Of returns the piece of the shard. s may be nil, which is all.
func (s *Shard) Of(files []store.Object) *Piece {
	if s == nil {
		return nil
	}
	p := &Piece{to: math.MaxInt64}
	var total int64
	for _, f := range files {
		p.starts = append(p.starts, total)
		p.sizes = append(p.sizes, f.Size)
		total += f.Size
	}
	p.from = share(total, int64(s.Index), int64(s.Count))
	if s.Index < s.Count-1 {
		p.to = share(total, int64(s.Index)+1, int64(s.Count))
	}
	return p
}

// Has reports whether rows of file i are of the shard: those from up to to, of so many
// that the file has.
func (p *Piece) Has(i int, from, to, rows int64) bool {
	if p == nil {
		return true
	}
	at := p.starts[i] + share(p.sizes[i], from+(to-from)/2, max(rows, 1))
	return at >= p.from && at < p.to
}

// Meets reports whether some of these rows may be of the shard, if they are cut.
func (p *Piece) Meets(i int, from, to, rows int64) bool {
	if p == nil {
		return true
	}
	first, last := p.starts[i]+share(p.sizes[i], from, max(rows, 1)), p.starts[i]+share(p.sizes[i], to, max(rows, 1))
	return first < p.to && last >= p.from
}

// HasFile reports whether file i, which is not cut, is of the shard.
func (p *Piece) HasFile(i int) bool { return p.Has(i, 0, 2, 2) }

// share returns size*part/of, for a part of 0 up to of.
func share(size, part, of int64) int64 {
	hi, lo := bits.Mul64(uint64(size), uint64(part))
	q, _ := bits.Div64(hi, lo, uint64(of))
	return int64(q)
}
