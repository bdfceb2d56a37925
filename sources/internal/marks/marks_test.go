package marks

import (
	"bytes"
	"slices"
	"testing"

	"leapscore/internal/testseed"
)

func TestKernelsFindWhatPlainCodeFinds(t *testing.T) {
	rng := testseed.OfClock(t)
	of := [4]byte{',', '"', '\n', '\r'}
	letters := []byte(",\"\n\r ab\x00\x1f!0123456789abcdefghijklmnopqrstuvwxyz\x7f")
	for n := range 700 {
		text := make([]byte, n)
		for i := range text {
			text[i] = letters[rng.IntN(len(letters))]
		}
		if n > 0 && rng.IntN(4) == 0 {
			text[rng.IntN(n)] = 0x80 | byte(rng.IntN(128))
		}
		want := make([]uint64, n/step+1)
		wantHigh := plainMasks(text, &of, want)
		for _, k := range kernels {
			got := make([]uint64, n/step+1)
			if high := masksBy(&k, text, &of, got); high != wantHigh || !slices.Equal(got, want) {
				t.Fatalf("%s: %q: masks %x, high %v, want %x, %v", k.name, text, got, high, want, wantHigh)
			}
		}
	}
}

// FuzzLines checks that what is taken for whole lines is so, and that clean text is taken
// but for its last step.
func FuzzLines(f *testing.F) {
	f.Add(bytes.Repeat([]byte("a,b,c,d,efgh\n"), 40), byte('\n'), byte('"'))
	f.Add(append(bytes.Repeat([]byte("a,b,c,d,efg\n"), 16), '\n', 'a'), byte('\n'), byte(0xff))
	f.Add(append(bytes.Repeat([]byte("abc\r"), 63), " \r\"\r"...), byte('\r'), byte('"'))
	f.Fuzz(func(t *testing.T, text []byte, end, quote byte) {
		if end > ' ' || quote <= ' ' {
			return
		}
		most, mostLines := plainLines(text, end, quote)
		n, lines := Lines(text, end, quote)
		if n > most || n > 0 && text[n-1] != end || bytes.Count(text[:n], []byte{end}) != lines {
			t.Fatalf("%q: %d bytes, %d lines of %d, %d", text, n, lines, most, mostLines)
		}
		if len(kernels) > 0 && most-n > step && bytes.IndexByte(text[n:n+step+1], end) >= 0 && bytes.IndexByte(text[n:min(len(text), n+2*step)], quote) < 0 &&
			!slices.ContainsFunc(text[n:min(len(text), n+2*step)], func(c byte) bool { return c <= ' ' && c != end }) && !bytes.Contains(text[n:], []byte{end, end}) {
			t.Fatalf("%q: %d bytes of %d, though the next line is clean", text, n, most)
		}
	})
}
