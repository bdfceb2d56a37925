package sources_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"leapscore/engine/store"
	"leapscore/internal/testseed"
	"leapscore/sources"
)

// Whatever the files, their row groups and the number of shards: each group is in one
// shard, the shards follow each other as the groups do, and none has much more than its
// share of the bytes.
func TestEachRowGroupIsInOneShard(t *testing.T) {
	for seed := range testseed.Seeds(t, 200) {
		r := rand.New(rand.NewPCG(seed, 1))
		files, groups := randomFiles(r)
		shards := 1 + r.IntN(40)
		if r.IntN(10) == 0 {
			shards = 3000
		}
		checkCutting(t, files, groups, shards)
		if t.Failed() {
			t.Fatalf("seed %d: %d shards of %v with groups of %v rows", seed, shards, files, groups)
		}
	}
}

// randomFiles returns files of any sizes, and how many rows each group of each has.
func randomFiles(r *rand.Rand) (files []store.Object, groups [][]int64) {
	for i := range r.IntN(12) {
		size := r.Int64N(1000)
		switch r.IntN(6) {
		case 0:
			size = 0
		case 1:
			size = r.Int64N(math.MaxInt64 / 20)
		}
		files = append(files, store.Object{Name: fmt.Sprint("f", i), Size: size})
		var rows []int64
		for range r.IntN(6) {
			rows = append(rows, r.Int64N(1<<uint(1+r.IntN(40))))
		}
		groups = append(groups, rows)
	}
	return files, groups
}

func checkCutting(t *testing.T, files []store.Object, groups [][]int64, shards int) {
	t.Helper()
	pieces := someShards(files, shards)
	var total, largest int64
	for _, f := range files {
		total += f.Size
	}
	last, lastFile := 0, 0
	bytes := map[int]int64{}
	for i, f := range files {
		var rows, first int64
		for _, n := range groups[i] {
			rows += n
		}
		for g, n := range groups[i] {
			of := func(p *sources.Piece) bool { return p.Has(i, first, first+n, rows) }
			shard, ok := onlyShard(pieces, of)
			switch {
			case !ok:
				t.Errorf("group %d of file %d is in no shard, or in two", g, i)
			case shard < last:
				t.Errorf("group %d of file %d is in shard %d, after one of shard %d", g, i, shard, last)
			case !pieces[shard].Meets(i, first, first+n, rows):
				t.Errorf("group %d of file %d is in shard %d, which does not meet it", g, i, shard)
			}
			part := int64(float64(f.Size) * float64(n) / float64(max(rows, 1)))
			last, first, largest = shard, first+n, max(largest, part)
			bytes[shard] += part
		}
		shard, ok := onlyShard(pieces, func(p *sources.Piece) bool { return p.HasFile(i) })
		if !ok || shard < lastFile {
			t.Errorf("file %d, not cut, is in shard %d (one: %v), the one before in %d", i, shard, ok, lastFile)
		}
		lastFile = shard
	}
	for shard, n := range bytes {
		if most := float64(total)/float64(shards) + float64(largest)*1.001 + 64; float64(n) > most {
			t.Errorf("shard %d has %d bytes, want at most %g", shard, n, most)
		}
	}
}

// someShards returns the pieces of all shards, by their numbers.
func someShards(files []store.Object, count int) []*sources.Piece {
	pieces := make([]*sources.Piece, count)
	for i := range pieces {
		pieces[i] = (&sources.Shard{Index: i, Count: count}).Of(files)
	}
	return pieces
}

// onlyShard returns the shard that has something, and whether no other has it.
func onlyShard(pieces []*sources.Piece, has func(*sources.Piece) bool) (shard int, ok bool) {
	found := 0
	for i, p := range pieces {
		if has(p) {
			shard = i
			found++
		}
	}
	return shard, found == 1
}

func TestAllOfNoShard(t *testing.T) {
	var none *sources.Shard
	if p := none.Of([]store.Object{{Name: "a", Size: 3}}); !p.Has(0, 1, 2, 3) || !p.HasFile(0) || !p.Meets(0, 0, 1, 3) {
		t.Error("a run that is not cut leaves out rows")
	}
}

func TestParseShard(t *testing.T) {
	for text, want := range map[string]string{
		"0/1": "0/1", "15/16": "15/16", "99999/100000": "99999/100000",
		"16/16":    `shard "16/16": shards are counted from 0: want 0/16 to 15/16`,
		"-1/4":     `shard "-1/4": shards are counted from 0: want 0/4 to 3/4`,
		"1":        `shard "1": want INDEX/COUNT such as 0/16, the first of 16`,
		"0/0":      `shard "0/0": want INDEX/COUNT such as 0/16, the first of 16`,
		"1/2/3":    `shard "1/2/3": want INDEX/COUNT such as 0/16, the first of 16`,
		"1/2.5":    `shard "1/2.5": want INDEX/COUNT such as 0/16, the first of 16`,
		"0/100001": `shard "0/100001": want at most 100000 shards`,
	} {
		s, err := sources.ParseShard(text)
		got := s.String()
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
