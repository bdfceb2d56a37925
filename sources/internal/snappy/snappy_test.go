package snappy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/klauspost/compress/s2"

	"leapscore/internal/testseed"
)

// inflate decompresses a block of at most 1 MiB by Elements, and what that leaves by the
// plain rules. It fails as the format says.
func inflate(block []byte, step int) ([]byte, error) {
	size, k := binary.Uvarint(block)
	if k <= 0 || size > 1<<20 {
		return nil, fmt.Errorf("no size")
	}
	src := block[k:]
	dst := make([]byte, int(size)+2*Slack+step)
	w := 0
	for w < int(size) {
		to, used := Elements(dst, w, w+step, src)
		if to > w {
			w, src = to, src[used:]
			continue
		}
		if len(src) == 0 {
			return nil, fmt.Errorf("short")
		}
		n, off, tag := int(src[0]>>2)+1, 0, src[0]&3
		head := []int{1, 2, 3, 5}[tag]
		if tag == 0 && n > mostLiteral {
			head = n - mostLiteral + 1
		}
		if len(src) < head {
			return nil, fmt.Errorf("short")
		}
		var wide [8]byte
		copy(wide[:], src[1:head])
		arg := int(binary.LittleEndian.Uint64(wide[:]))
		src = src[head:]
		switch {
		case tag == 0 && n > mostLiteral:
			n = arg + 1
		case tag == 1:
			n, off = 4+(n-1)&7, int(block[len(block)-len(src)-2]>>5)<<8|arg
		case tag > 1:
			off = arg
		}
		if w+n > int(size) || tag == 0 && n > len(src) || tag > 0 && (off == 0 || off > w) {
			return nil, fmt.Errorf("damaged")
		}
		for i := range n {
			if tag == 0 {
				dst[w+i] = src[i]
			} else {
				dst[w+i] = dst[w+i-off]
			}
		}
		w += n
		if tag == 0 {
			src = src[n:]
		}
	}
	if w > int(size) || len(src) > 0 {
		return nil, fmt.Errorf("damaged")
	}
	return dst[:w], nil
}

func FuzzElements(f *testing.F) {
	r := testseed.Rand(f, 1, 2)
	for _, kind := range []int{1, 3, 200} {
		text := make([]byte, 3000)
		for i := range text {
			text[i] = byte(r.IntN(kind))
		}
		f.Add(s2.EncodeSnappy(nil, text), 100)
		f.Add(s2.EncodeSnappy(nil, bytes.Repeat(text[:32], 100)), 1)
		f.Add(s2.EncodeSnappy(nil, bytes.Repeat(text[:9], 300)), 1<<20)
	}
	f.Fuzz(func(t *testing.T, block []byte, step int) {
		if n, err := s2.DecodedLen(block); err != nil || n > 1<<20 {
			return
		}
		want, err := s2.Decode(nil, block)
		if err != nil || hasRepeats(block) {
			return // some blocks are S2 and not Snappy
		}
		got, err := inflate(block, max(1, step%(1<<16)))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%x: %v, %d bytes, want %d", block, err, len(got), len(want))
		}
	})
}

// hasRepeats reports whether a block may hold copies of S2 that Snappy does not have: with
// offset 0.
func hasRepeats(block []byte) bool {
	_, err := inflate(block, 1)
	return err != nil
}

func TestElementsGiveWhatWasCompressed(t *testing.T) {
	r := testseed.Rand(t, 3, 4)
	for range 500 {
		text := make([]byte, r.IntN(20_000))
		kind := 1 << r.IntN(9)
		for i := range text {
			text[i] = byte(r.IntN(kind))
			if back := 1 + r.IntN(300); r.IntN(4) > 0 && back <= i {
				text[i] = text[i-back]
			}
		}
		text = bytes.Repeat(text, 1+r.IntN(3))
		got, err := inflate(s2.EncodeSnappy(nil, text), 1+r.IntN(5000))
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%d bytes of %d kinds: %v, %d bytes", len(text), kind, err, len(got))
		}
	}
}

func TestElementsOverwriteTheirSlackAlone(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), 40)
	block := s2.EncodeSnappy(nil, text)
	_, k := binary.Uvarint(block)
	for end := 1; end < len(text); end += 7 {
		dst := bytes.Repeat([]byte{0xAA}, 4*len(text))
		w, _ := Elements(dst, 0, end, block[k:])
		if !bytes.Equal(dst[:w], text[:w]) {
			t.Fatalf("up to %d: other bytes", end)
		}
		for i, b := range dst[w+Slack:] {
			if b != 0xAA {
				t.Fatalf("up to %d: byte %d behind the last one was overwritten", end, Slack+i)
			}
		}
	}
}

func BenchmarkElements(b *testing.B) {
	r := testseed.Rand(b, 5, 6)
	doubles := make([]byte, 1<<20)
	for i := 0; i < len(doubles); i += 8 {
		binary.LittleEndian.PutUint64(doubles[i:], r.Uint64()%1_000_000<<20)
	}
	long := bytes.Repeat([]byte("c4ca4238a0b923820dcc509a6f75849b"), 1<<15)
	for name, text := range map[string][]byte{"doubles": doubles, "repeated": long} {
		block := s2.EncodeSnappy(nil, text)
		dst := make([]byte, len(text))
		b.Run(name+"/pieces", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := inflate(block, 16<<10); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/whole", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := s2.Decode(dst, block); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
