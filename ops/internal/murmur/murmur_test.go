package murmur

import (
	"math"
	"testing"
)

// The values of this file were printed by MLeap's own Murmur3_x86_32 on JDK 17.

func TestHashesOfKnownTexts(t *testing.T) {
	tests := []struct {
		text   string
		v1, v2 int32
	}{
		{"", 142593372, 142593372},
		{"a", 1485273170, -1293573533},
		{"ab", -97053317, -684913081},
		{"abc", 1322437556, 1313807976},
		{"abcd", -396302900, -396302900},
		{"abcde", 814637928, -1361433616},
		{"é", 2119106806, 1023967903},
		{"😀", 1877935379, 1877935379},
		{"naïve café", -1533585548, -1533585548},
		{"the quick brown fox jumps over the lazy dog", -1699035160, -1423496381},
		{"city=Zürich", -1044092615, -1044092615},
		{"日本語テキスト", -675756566, -423649390},
		{"\x00", -783713497, -582727230},
		{"\x7f\u0080ÿ", 388301005, -784530847},
		{"price=1.0E7", -1448651197, -986107989},
		{"😀x", -1814635023, -1053363945},
		{"x😀é", 1114908022, -96849065},
		{"ÿÿÿ", 883061003, -726439612},
		{"null", 673233193, 673233193},
		{"=", -201354388, -1282688208},
		{"zip=true", 1161062512, 1161062512},
	}
	for _, tt := range tests {
		if got := V1(tt.text); got != tt.v1 {
			t.Errorf("V1(%q) = %d, want %d", tt.text, got, tt.v1)
		}
		if got := V2(tt.text); got != tt.v2 {
			t.Errorf("V2(%q) = %d, want %d", tt.text, got, tt.v2)
		}
	}
}

// splitMix64 is the generator of java.util.SplittableRandom, from a fixed seed.
type splitMix64 uint64

func (s *splitMix64) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// TestHashesOfRandomBytesAndModulo folds 200,000 hashes and 100,000 remainders
// into digests, as the Java program that printed the wanted ones did.
func TestHashesOfRandomBytesAndModulo(t *testing.T) {
	rnd := splitMix64(0x9E3779B97F4A7C15)
	var digest uint64
	for range 100000 {
		b := make([]byte, (rnd.next()>>1)%40)
		for i := range b {
			b[i] = byte(rnd.next())
		}
		digest = digest*31 + uint64(int64(V1(string(b))))
		digest = digest*31 + uint64(int64(V2(string(b))))
	}
	if want := uint64(0xa207594e5a2bf55e); digest != want {
		t.Errorf("digest of hashes = %x, want %x", digest, want)
	}
	digest = 0
	for range 100000 {
		h, n := int32(rnd.next()), int32(rnd.next()>>33)
		if n == 0 {
			n = 1
		}
		digest = digest*31 + uint64(int64(NonNegativeMod(h, n)))
	}
	if want := uint64(0x56f50fe9de4be16d); digest != want {
		t.Errorf("digest of remainders = %x, want %x", digest, want)
	}
}

func TestPrefixesHashAsTheWholeText(t *testing.T) {
	const text = "city=Zürich and more"
	for n := range len(text) + 1 {
		for end := n; end <= len(text); end++ {
			p := NewPrefix(text[:n])
			if got, want := p.V2([]byte(p.Rest()+text[n:end])), V2(text[:end]); got != want {
				t.Errorf("%q after the prefix %q: %d, want %d", text[n:end], text[:n], got, want)
			}
		}
	}
}

func TestNonNegativeMod(t *testing.T) {
	tests := []struct{ h, n, want int32 }{
		{7, 5, 2}, {-7, 5, 3}, {-5, 5, 0}, {0, 1, 0},
		{math.MinInt32, 262144, 0}, {math.MinInt32, math.MaxInt32, math.MaxInt32 - 1}, {-1, 262144, 262143},
	}
	for _, tt := range tests {
		if got := NonNegativeMod(tt.h, tt.n); got != tt.want {
			t.Errorf("NonNegativeMod(%d, %d) = %d, want %d", tt.h, tt.n, got, tt.want)
		}
	}
}

func BenchmarkV2(b *testing.B) {
	const text = "listing_description=spacious"
	b.SetBytes(int64(len(text)))
	var sum int32
	for b.Loop() {
		sum += V2(text)
	}
	_ = sum
}
