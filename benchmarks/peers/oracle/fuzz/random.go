package main

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"
)

// random draws values. The values depend on the seed alone.
type random struct {
	*rand.Rand
	// wild is how often a number is one at the edge of its type, absent how
	// often a value is null, wrong how often a model or a vector has a size or
	// a value that it should not have.
	wild, absent, wrong float64
	// known is how often text is one that the model knows.
	known float64
}

func newRandom(seed uint64) *random {
	r := &random{Rand: rand.New(rand.NewPCG(seed, 0x6c6561707363))}
	r.wild = pick(r, 0, 0, 0.03, 0.2, 0.6)
	r.absent = pick(r, 0, 0, 0.02, 0.15)
	r.wrong = pick(r, 0, 0, 0, 0.03)
	r.known = 0.7
	return r
}

func pick[T any](r *random, xs ...T) T { return xs[r.IntN(len(xs))] }

// often reports true with probability p.
func (r *random) often(p float64) bool { return p > 0 && r.Float64() < p }

// between returns a whole number from lo to hi, both included.
func (r *random) between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// size returns the length of a vector, mostly short.
func (r *random) size() int {
	switch n := r.IntN(40); {
	case n == 0:
		return r.between(250, 300)
	case n < 3:
		return r.between(20, 70)
	case n < 6:
		return 1
	default:
		return r.between(2, 9)
	}
}

// edges are numbers at which code tends to differ.
var edges = []float64{
	math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64,
	math.MaxFloat64, -math.MaxFloat64, 2.2250738585072014e-308, 2.225073858507201e-308, 1e-300, 1e300, -1e300, 1e16, -1e16, 1e-16, 1e-17,
	9007199254740993, 2147483647, 2147483648, -2147483649, 4294967296, 9.223372036854775807e18, -9.3e18, 1e23, 1e7, 9999999, 0.001, 1e-4,
	709.782712893384, 710, -745.2, -746, 1, -1, 0.5, -0.5, 0.49999999999999994, 1.5, 2.5, 127, 128, -129, 255.7, 32768, 3.4028235e38, 3.5e38, 1.4e-45, 7e-46,
}

// number returns an ordinary number, one of special or one next to it, or one
// at the edge.
func (r *random) number(special []float64) float64 {
	if r.often(r.wild) {
		if r.IntN(6) == 0 {
			return math.Float64frombits(r.Uint64())
		}
		return pick(r, edges...)
	}
	if len(special) > 0 && r.IntN(4) == 0 {
		x := pick(r, special...)
		switch r.IntN(6) {
		case 0:
			return math.Nextafter(x, math.Inf(1))
		case 1:
			return math.Nextafter(x, math.Inf(-1))
		}
		return x
	}
	return r.ordinary()
}

func (r *random) ordinary() float64 {
	x := r.NormFloat64() * pick(r, 0.01, 1, 1, 1, 10, 1000)
	switch r.IntN(5) {
	case 0:
		return math.Round(x)
	case 1:
		return math.Round(x*100) / 100
	case 2:
		return 0
	}
	return x
}

// ordinaries returns n ordinary numbers, with one at the edge now and then.
func (r *random) ordinaries(n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = r.ordinary()
		if r.often(r.wrong) {
			xs[i] = pick(r, edges...)
		}
	}
	return xs
}

func (r *random) ints(n, below int) []int64 {
	xs := make([]int64, n)
	for i := range xs {
		xs[i] = int64(r.IntN(max(below, 1)))
		if r.often(r.wrong) {
			xs[i] = int64(pick(r, -1, below, below+1, math.MaxInt32, math.MinInt32))
		}
	}
	return xs
}

// wordPool are words that lower-casing, hashing, splitting and comparing treat
// in ways of their own.
var wordPool = []string{
	"a", "b", "c", "the", "The", "THE", "of", "word", "York", "0", "1", "1.0", "1.5", "-0.0", "NaN", "null", "true", "x1", "a-b", "", " ", "it's",
	"é", "É", "e\u0301", "ß", "ẞ", "ΑΣ", "ΑΣΑ", "Σ", "σας", "İ", "ı", "I", "IŞIK", "istanbul", "Ǆ", "ǅ", "ﬁ", "Å", "ŉ", "\u1e9e", "ᾈ", "Ω",
	"中文", "日本", "한국어", "עברית", "عربى", "हिन्दी", "\u200d", "\u00ad", "\ufeff", "٣٤", "Ⅷ", "ª", "😀", "👨\u200d👩\u200d👧", "𝔘", "𐐀", "𐐨", "𞤀", "x😀y", "ꭰ", "Ꭰ", "Ა", "ა",
	"\u0345", "A\u0345Σ", "Σ.", "Α.Σ", "ΑΣ\u0301", "1E10", "1e3", "0x1p3", "1d", "+5", "longerword", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
}

var separators = []string{
	" ", " ", " ", "  ", ",", ", ", "\t", "\n", "\r\n", "\u000b", "\f", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\u001c", ".", "-", ";", "",
}

func (r *random) word(known []string) string {
	if len(known) > 0 && r.often(r.known) {
		w := pick(r, known...)
		switch r.IntN(14) {
		case 0:
			return strings.ToUpper(w)
		case 1:
			return w + pick(r, wordPool...)
		}
		return w
	}
	if r.IntN(12) == 0 {
		return r.letters()
	}
	return pick(r, wordPool...)
}

// letters returns a few characters from anywhere in Unicode 13.
func (r *random) letters() string {
	var b strings.Builder
	for range r.between(1, 5) {
		c := rune(pick(r, 0x80, 0x250, 0x600, 0x2000, 0x3000, 0x11000, 0x1fb00)) // ends of ranges
		c = rune(r.IntN(int(c)))
		if unicode.Is(unicode.Cs, c) || !unicode.Is(unicode.L, c) && c > 0x3000 {
			c = 'z'
		}
		b.WriteRune(c)
	}
	return b.String()
}

func (r *random) text(known []string) string {
	var b strings.Builder
	for i := range pick(r, 0, 1, 1, 2, 3, 5, 12) {
		if i > 0 || r.IntN(8) == 0 {
			b.WriteString(pick(r, separators...))
		}
		b.WriteString(r.word(known))
	}
	if r.IntN(8) == 0 {
		b.WriteString(pick(r, separators...))
	}
	return b.String()
}

// distinct returns n words, mostly different ones.
func (r *random) distinct(n int) []string {
	seen := map[string]bool{}
	ws := []string{}
	for len(ws) < n {
		w := r.word(nil)
		if seen[w] && r.IntN(30) > 0 {
			w += strconv.Itoa(len(ws))
		}
		seen[w] = true
		ws = append(ws, w)
	}
	return ws
}

// numeral returns x as one of the ways to write a number, or something that is
// not a number.
func (r *random) numeral(x float64) string {
	switch {
	case r.IntN(20) == 0:
		return pick(r, "", "null")
	case r.often(r.wild) || r.IntN(30) == 0:
		return pick(r, "", " ", "null", "NaN", "-NaN", "Infinity", "-Infinity", "+Infinity", "inf", "1d", "2.5F", "0x1p3", "0x1.8p-1074", "1_000", "+5", "-", "+", ".", ".5", "5.", "1e400", "-1e-400",
			"٣", "１２", "1e", "true", "TRUE", "false", "no", "yes", "abc", " 7", "7 ", "\u00a07", "\t7\n", "2147483648", "-2147483648", "9223372036854775808", "99999999999999999999", "-0", "-0.0", "00012",
			"4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623159e308", "0.1000000000000000055511151231257827", "9007199254740993", "3.4028236e38", "1.00000017881393421514957253748434595763683319091796875001")
	}
	switch r.IntN(4) {
	case 0:
		return strconv.FormatFloat(x, 'e', -1, 64)
	case 1:
		return " " + strconv.FormatFloat(x, 'g', -1, 64)
	case 2:
		return strconv.FormatFloat(math.Round(x), 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
