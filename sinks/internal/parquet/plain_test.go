package parquet

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"leapscore/internal/testseed"
)

// plainCases are strings that fill pages in every way: many short ones, some of nearly
// a page, some larger than one, none.
func plainCases(r *rand.Rand) map[string][][]byte {
	text := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + r.IntN(3))
		}
		return b
	}
	cases := map[string][][]byte{"none": nil, "an empty one": {{}}, "one of two pages": {text(2 * pageSize)}}
	for name, size := range map[string]int{"short": 20, "long": 3000, "near a page": pageSize / 2, "of pages": 3 * pageSize} {
		for range 6<<20/size + 3 {
			cases[name] = append(cases[name], text(r.IntN(size+1)))
		}
	}
	return cases
}

func inPlainForm(texts [][]byte) (out []byte) {
	for _, s := range texts {
		out = append(binary.LittleEndian.AppendUint32(out, uint32(len(s))), s...)
	}
	return out
}

func TestPlainTextsAreCutIntoPages(t *testing.T) {
	r := testseed.Rand(t, 1, 2)
	var reused plainTexts
	for name, want := range plainCases(r) {
		t.Run(name, func(t *testing.T) {
			reused.reset()
			for _, s := range want {
				reused.add(s)
			}
			var got [][]byte
			reused.each(func(b []byte) { got = append(got, bytes.Clone(b)) })
			if reused.n != len(want) || !slices.EqualFunc(got, want, bytes.Equal) {
				t.Fatalf("%d strings went in, %d others came out", len(want), reused.n)
			}
			checkPlainPages(t, &reused, want, 0)
			for range 20 {
				checkPlainPages(t, &reused, want, r.IntN(len(want)+1))
			}
			if len(want) > 0 {
				lo, hi := slices.MinFunc(want, bytes.Compare), slices.MaxFunc(want, bytes.Compare)
				if !bytes.Equal(reused.least, lo) || !bytes.Equal(reused.greatest, hi) {
					t.Errorf("bounds %.20q and %.20q, want %.20q and %.20q", reused.least, reused.greatest, lo, hi)
				}
			}
		})
	}
}

// checkPlainPages checks the pages from string lo on: as many strings as fit, and at
// least one.
func checkPlainPages(t *testing.T, p *plainTexts, want [][]byte, lo int) {
	t.Helper()
	head := []byte("levels")
	aligned := lo == 0
	for lo < len(want) {
		hi, size := lo, 0
		for hi < len(want) && (hi == lo || size+4+len(want[hi]) <= pageSize) {
			size += 4 + len(want[hi])
			hi++
		}
		if got := p.pageEnd(lo); got != hi {
			t.Fatalf("the page from string %d on ends before %d, want %d", lo, got, hi)
		}
		data := inPlainForm(want[lo:hi])
		if got := p.appendTo([]byte("x"), lo, hi); !bytes.Equal(got[1:], data) {
			t.Fatalf("other strings from %d to %d", lo, hi)
		}
		body := p.body(head, lo, hi)
		if aligned && body == nil {
			t.Fatalf("the page from string %d on is copied", lo)
		}
		if body != nil && !bytes.Equal(body, append(slices.Clone(head), data...)) {
			t.Fatalf("other bytes in the page from string %d on", lo)
		}
		lo = hi
	}
}

func TestEncodedBytesSurvivePieces(t *testing.T) {
	r := testseed.Rand(t, 3, 4)
	var b blocks
	for range 5 {
		var want []byte
		for range r.IntN(40) {
			p := make([]byte, r.IntN(blockSize/4))
			for i := range p {
				p[i] = byte(r.Uint32())
			}
			want = append(want, p...)
			b.write(p)
		}
		out := b.take()
		var got []byte
		out.each(func(p []byte) { got = append(got, p...) })
		if out.size != int64(len(want)) || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes came back, of size %d, want %d", len(got), out.size, len(want))
		}
		out.free()
	}
}
