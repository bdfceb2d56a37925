package javatext

import (
	"math"
	"testing"
)

// splitMix64 is the generator of testdata/JavaText.java.
type splitMix64 uint64

func (s *splitMix64) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

const fnvOffset, fnvPrime = 0xCBF29CE484222325, 0x100000001B3

func fold(digest uint64, line []byte) uint64 {
	for _, b := range line {
		digest = (digest ^ uint64(b)) * fnvPrime
	}
	return (digest ^ '\n') * fnvPrime
}

func pow10(n uint64) (p uint64) {
	p = 1
	for range n {
		p *= 10
	}
	return p
}

// The streams are those of testdata/JavaText.java, and so are the digests.

var doubleStreams = map[string]func(*splitMix64) float64{
	"bits": func(s *splitMix64) float64 { return math.Float64frombits(s.next()) },
	"unit": func(s *splitMix64) float64 {
		r := s.next()
		return math.Float64frombits((973+r&127)<<52 | s.next()>>12)
	},
	"decimal": func(s *splitMix64) float64 {
		r := s.next()
		return float64((r>>8)%pow10(1+r&15)) / float64(pow10(r>>4&15))
	},
	"whole": func(s *splitMix64) float64 {
		r := s.next()
		return float64(int64(s.next() >> (r & 63)))
	},
	"subnormal": func(s *splitMix64) float64 {
		r := s.next()
		return math.Float64frombits(s.next() >> (12 + r&31))
	},
	"two": func(s *splitMix64) float64 {
		r := s.next()
		return math.Float64frombits(r&0x7ff<<52 | r>>11&1<<(r>>12%52))
	},
	"overflow": func(s *splitMix64) float64 {
		r := s.next()
		return math.Float64frombits((1023+80+r&7)<<52 | s.next()>>12)
	},
}

var floatStreams = map[string]func(*splitMix64) float32{
	"bits": func(s *splitMix64) float32 { return math.Float32frombits(uint32(s.next())) },
	"decimal": func(s *splitMix64) float32 {
		r := s.next()
		return float32((r>>8)%pow10(1+r&7)) / float32(pow10(r>>4&7))
	},
	"whole": func(s *splitMix64) float32 {
		r := s.next()
		return float32(int64(s.next() >> (r & 63)))
	},
	"two": func(s *splitMix64) float32 {
		r := s.next()
		return math.Float32frombits(uint32(r&0xff<<23 | r>>11&1<<(r>>12%23)))
	},
}

const streamLength = 400_000

func TestDoubleStringsOfStreams(t *testing.T) {
	want := map[string]uint64{
		"bits":      0x91254cdf379b4c10,
		"unit":      0xc5d8eb9aef3bab00,
		"decimal":   0x0c7103474161a608,
		"whole":     0x46933443fc7cdaac,
		"subnormal": 0x566767b9818243ba,
		"two":       0x2cd370d5c47caa26,
		"overflow":  0xf377a27529877b30,
	}
	for kind, next := range doubleStreams {
		t.Run(kind, func(t *testing.T) {
			s, digest, buf := splitMix64(1), uint64(fnvOffset), []byte(nil)
			for range streamLength {
				buf = AppendDouble(buf[:0], next(&s))
				digest = fold(digest, buf)
			}
			if digest != want[kind] {
				t.Errorf("digest = %016x, want %016x", digest, want[kind])
			}
		})
	}
}

func TestFloatStringsOfStreams(t *testing.T) {
	want := map[string]uint64{
		"bits":    0x9b565e12e5e8682d,
		"decimal": 0x1bf37f540b5d5c36,
		"whole":   0x30680dbf3ac6dcaf,
		"two":     0x8fd87b8f10d2c9a3,
	}
	for kind, next := range floatStreams {
		t.Run(kind, func(t *testing.T) {
			s, digest, buf := splitMix64(1), uint64(fnvOffset), []byte(nil)
			for range streamLength {
				buf = AppendFloat(buf[:0], next(&s))
				digest = fold(digest, buf)
			}
			if digest != want[kind] {
				t.Errorf("digest = %016x, want %016x", digest, want[kind])
			}
		})
	}
}

func TestDoubleStringsOfKnownNumbers(t *testing.T) {
	tests := []struct {
		bits uint64
		want string
	}{
		{0x0000000000000000, "0.0"},
		{0x8000000000000000, "-0.0"},
		{0x3ff0000000000000, "1.0"},
		{0xbff0000000000000, "-1.0"},
		{0x3fb999999999999a, "0.1"},
		{0x3fd3333333333333, "0.3"},
		{0x3fd5555555555555, "0.3333333333333333"},
		{0x3f60624dd2f1a9fc, "0.002"},
		{0x3f50624dd2f1a9fc, "0.001"},
		{0x3f5061e273273f09, "9.999E-4"},
		{0x3f1a36e2eb1c432d, "1.0E-4"},
		{0x416312d000000000, "1.0E7"},
		{0x416312cfe0000000, "9999999.0"},
		{0x416312cfffffffff, "9999999.999999998"},
		{0x41678c29c0000000, "1.2345678E7"},
		{0x44b52d02c7e14af6, "9.999999999999999E22"},
		{0x44c52d02c7e14af6, "1.9999999999999998E23"},
		{0x447c7e83209e90b2, "8.409999999999999E21"},
		{0x36dc8b8218854567, "2.0E-44"},
		{0x3d30000000000000, "5.6843418860808015E-14"},
		{0x43a0000000000000, "5.7646075230342349E17"},
		{0x43e0000000000000, "9.223372036854776E18"},
		{0x43d0000000000000, "4.6116860184273879E18"},
		{0x4480f0cf064dd592, "1.0E22"},
		{0x0000000000000001, "4.9E-324"},
		{0x0000000000000002, "1.0E-323"},
		{0x0010000000000000, "2.2250738585072014E-308"},
		{0x000fffffffffffff, "2.225073858507201E-308"},
		{0x7fefffffffffffff, "1.7976931348623157E308"},
		{0x4340000000000000, "9.007199254740992E15"},
		{0x437b69b4ba630f35, "1.2345678901234568E17"},
		{0x3eb0000000000000, "9.5367431640625E-7"},
		{0x4059000000000000, "100.0"},
		{0x3f202e4b6ce5dc68, "1.2345E-4"},
		{0x3ff199999999999a, "1.1"},
		{0x4011666666666666, "4.35"},
		{0x400921fb54442d18, "3.141592653589793"},
		{0x444b1ae4d6e2ef50, "1.0E21"},
		{0x4341c37937e08000, "1.0E16"},
		{0x4351c37937e08000, "2.0E16"},
		{0x430c6bf526340000, "1.0E15"},
		{0x4330000000000000, "4.503599627370496E15"},
		{0x4520000000000000, "9.671406556917033E24"},
		{0x4530000000000004, "1.9342813113834083E25"},
		{0x45327ea9fe53e94d, "2.2358818755901182E25"},
		{0x7ff8000000000000, "NaN"},
		{0x7ff0000000000000, "Infinity"},
		{0xfff0000000000000, "-Infinity"},
	}
	for _, tt := range tests {
		if got := string(AppendDouble(nil, math.Float64frombits(tt.bits))); got != tt.want {
			t.Errorf("AppendDouble(%016x) = %s, want %s", tt.bits, got, tt.want)
		}
	}
}

func TestFloatStringsOfKnownNumbers(t *testing.T) {
	tests := []struct {
		bits uint32
		want string
	}{
		{0x00000000, "0.0"},
		{0x80000000, "-0.0"},
		{0x3f800000, "1.0"},
		{0x3dcccccd, "0.1"},
		{0x3e99999a, "0.3"},
		{0x3eaaaaab, "0.33333334"},
		{0x3a83126f, "0.001"},
		{0x4b189680, "1.0E7"},
		{0x4b18967f, "9999999.0"},
		{0x4b800000, "1.6777216E7"},
		{0x00800000, "1.17549435E-38"},
		{0x00000001, "1.4E-45"},
		{0x00000002, "2.8E-45"},
		{0x7f7fffff, "3.4028235E38"},
		{0x69000000, "9.6714065E24"},
		{0x6a000020, "3.8685773E25"},
		{0x501502f9, "1.0E10"},
		{0x4e800000, "1.07374182E9"},
		{0x59320dd7, "3.13236018E15"},
		{0x42f6e979, "123.456"},
		{0x50000000, "8.5899346E9"},
		{0x7fc00000, "NaN"},
		{0x7f800000, "Infinity"},
		{0xff800000, "-Infinity"},
		{0x4c000000, "3.3554432E7"},
		{0x3b03126f, "0.002"},
		{0x65a96816, "1.0E23"},
	}
	for _, tt := range tests {
		if got := string(AppendFloat(nil, math.Float32frombits(tt.bits))); got != tt.want {
			t.Errorf("AppendFloat(%08x) = %s, want %s", tt.bits, got, tt.want)
		}
	}
}

func BenchmarkAppendDouble(b *testing.B) {
	for _, kind := range []string{"decimal", "unit", "whole", "bits"} {
		b.Run(kind, func(b *testing.B) {
			s, buf := splitMix64(1), []byte(nil)
			for b.Loop() {
				buf = AppendDouble(buf[:0], doubleStreams[kind](&s))
			}
		})
	}
}

// TestShortestDigitsAreThoseOfTheJDK compares the two ways to digits, where the fast
// one is used.
func TestShortestDigitsAreThoseOfTheJDK(t *testing.T) {
	streams := map[string]func(*splitMix64) (f uint64, e int, single bool){
		"ties": func(s *splitMix64) (uint64, int, bool) { // near 2^50, where a digit less can be as near
			return 1<<52 | s.next()>>12, -1 - int(s.next()>>32%8), false
		},
		"single ties": func(s *splitMix64) (uint64, int, bool) {
			return 1<<23 | s.next()>>41, -1 - int(s.next()>>32%8), true
		},
		"single": func(s *splitMix64) (uint64, int, bool) {
			return 1<<23 | s.next()>>41, int(s.next()>>32%253) - 149, true
		},
		"double": func(s *splitMix64) (uint64, int, bool) {
			return 1<<52 | s.next()>>12, int(s.next()>>32%2046) - 1074, false
		},
		"few bits": func(s *splitMix64) (uint64, int, bool) {
			k := s.next() >> 32 % 52
			return (1<<52 | s.next()>>12) >> k << k, int(s.next()>>32%400) - 200, false
		},
		"one digit": func(s *splitMix64) (uint64, int, bool) {
			f, e := math.Frexp(float64(s.next()%9+1) * math.Pow(10, float64(int(s.next()%600)-300)))
			return uint64(f * (1 << 53)), e - 53, false
		},
		"single one digit": func(s *splitMix64) (uint64, int, bool) {
			f, e := math.Frexp(float64(float32(float64(s.next()%9+1) * math.Pow(10, float64(int(s.next()%75)-37)))))
			return uint64(f * (1 << 24)), e - 24, true
		},
		"small": func(s *splitMix64) (uint64, int, bool) {
			return s.next()>>(12+s.next()%50) | 1, -1074, false
		},
	}
	for name, next := range streams {
		s, fast := splitMix64(7), 0
		for range 200_000 {
			f, e, single := next(&s)
			if f >= 1<<53 || single && f >= 1<<24 {
				continue
			}
			g := newGenerator(f, e)
			var got, want decimal
			if !got.setShortest(f, e, single, &g) {
				continue
			}
			fast++
			g.run(&want)
			if x, y := got.append(nil), want.append(nil); string(x) != string(y) {
				t.Fatalf("%s: %d * 2^%d is %s, want %s", name, f, e, x, y)
			}
		}
		if fast < 50_000 {
			t.Errorf("%s: %d fast answers, want at least 50000", name, fast)
		}
	}
}
