package javatext

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNumerals checks every numeral of testdata/numerals.txt against what each
// of Java's parsers made of it.
func TestNumerals(t *testing.T) {
	text, err := os.ReadFile("testdata/numerals.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	if len(lines) < 200 {
		t.Fatalf("%d numerals, want at least 200", len(lines))
	}
	for _, line := range lines {
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		s, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if got := quoted + " " + parseAll(s); got != line {
			t.Errorf("numeral %q\n got %s\nwant %s", s, got, line)
		}
	}
}

func parseAll(s string) string {
	var out []string
	add := func(ok bool, format string, v any) {
		if !ok {
			format, v = "%s", "!"
		}
		out = append(out, fmt.Sprintf(format, v))
	}
	d, ok := ParseDouble(s)
	add(ok, "%016x", javaBits(d))
	f, ok := ParseFloat(s)
	add(ok, "%08x", javaBits32(f))
	l, ok := ParseLong(s)
	add(ok, "%d", l)
	i, ok := ParseInt(s)
	add(ok, "%d", i)
	h, ok := ParseShort(s)
	add(ok, "%d", h)
	b, ok := ParseByte(s)
	add(ok, "%d", b)
	v, ok := ParseBool(s)
	add(ok, "%t", v)
	return strings.Join(out, " ")
}

func javaBits(v float64) uint64 {
	if math.IsNaN(v) {
		return 0x7ff8000000000000
	}
	return math.Float64bits(v)
}

func javaBits32(v float32) uint32 {
	if v != v {
		return 0x7fc00000
	}
	return math.Float32bits(v)
}

func foldParsed(t *testing.T, digest uint64, forDouble, forFloat string) uint64 {
	t.Helper()
	d, ok := ParseDouble(forDouble)
	if !ok {
		t.Fatalf("ParseDouble(%q) is not ok", forDouble)
	}
	f, ok := ParseFloat(forFloat)
	if !ok {
		t.Fatalf("ParseFloat(%q) is not ok", forFloat)
	}
	digest = fold(digest, strconv.AppendUint(nil, math.Float64bits(d), 16))
	return fold(digest, strconv.AppendUint(nil, uint64(math.Float32bits(f)), 16))
}

func TestParsedDecimalsOfStream(t *testing.T) {
	s, digest := splitMix64(1), uint64(fnvOffset)
	for range streamLength {
		text := nextDecimal(&s)
		digest = foldParsed(t, digest, text, text)
	}
	if want := uint64(0x7f5adeb150d3cee7); digest != want {
		t.Errorf("digest = %016x, want %016x", digest, want)
	}
}

func TestParsedMidpointsOfStream(t *testing.T) {
	s, digest := splitMix64(1), uint64(fnvOffset)
	for range streamLength / 20 {
		double := nextMidpoint(&s, 52, 0x7ff)
		digest = foldParsed(t, digest, double, nextMidpoint(&s, 23, 0xff))
	}
	if want := uint64(0xfa4578b4bbfbc845); digest != want {
		t.Errorf("digest = %016x, want %016x", digest, want)
	}
}

func nextDecimal(s *splitMix64) string {
	r := s.next()
	var b []byte
	if r&1 != 0 {
		b = append(b, '-')
	}
	before, after := r>>1&15, r>>5&31
	for range before + 1 {
		b = append(b, byte('0'+(s.next()>>8)%10))
	}
	if after > 0 {
		b = append(b, '.')
	}
	for range after {
		b = append(b, byte('0'+(s.next()>>8)%10))
	}
	if r&0x400 != 0 {
		b = append(b, 'e')
		b = strconv.AppendInt(b, int64(r>>11%700)-350, 10)
	}
	return string(b)
}

func nextMidpoint(s *splitMix64, width, maxExp int) string {
	r := s.next()
	f, exp := r&(1<<width-1), int(r>>width%uint64(maxExp))
	if exp == 0 {
		exp = 1
	} else {
		f |= 1 << width
	}
	mid := new(big.Int).SetUint64(2*f + 1)
	e := exp - maxExp/2 - width - 1
	above := ""
	if s.next()&1 != 0 {
		above = "1"
	}
	if e >= 0 {
		return mid.Lsh(mid, uint(e)).String() + "." + above
	}
	mid.Mul(mid, new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(-e)), nil))
	return mid.String() + above + "E" + strconv.Itoa(e-len(above))
}

// ASCII digits are read as strconv reads them.
func TestWholeNumbersOfStream(t *testing.T) {
	s := splitMix64(5)
	for range 50_000 {
		text := []string{"", "-", "+"}[s.next()>>8%3]
		for range 1 + s.next()>>8%21 {
			text += string(rune('0' + s.next()>>8%10))
		}
		for _, size := range []int{64, 32, 16, 8} {
			got, ok := parseWhole(text, size)
			want, err := strconv.ParseInt(text, 10, size)
			if ok != (err == nil) || ok && got != want {
				t.Fatalf("%q with %d bits is %d, %t, want %d, %v", text, size, got, ok, want, err)
			}
		}
	}
}

func TestNullTexts(t *testing.T) {
	got := map[string]bool{}
	for _, s := range []string{"", "null", " ", "NULL", "null ", "0"} {
		got[s] = IsNull(s)
	}
	want := map[string]bool{"": true, "null": true, " ": false, "NULL": false, "null ": false, "0": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("IsNull (-want +got):\n%s", diff)
	}
}
