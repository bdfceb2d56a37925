package javatext

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// letters and the digests are those of testdata/JavaText.java lower-digests.
var letters = []string{
	"a", "A", "Σ", "Σ", "Σ", "\u05d0", "1", " ", ".", ",", "'", "-", "_", "$", "%", "\u0301", "\u00ad", "\u200b", "\u0130", "\u00df",
	"\n", "\r", "\x00", "(", "\u0964", "\u4e00", "\u3042", "\u3099", "\u30a2", "\u30fc", "\u0345", "\u2160", "\u02b0", "\u00aa",
	"\U00010400", "\U0001d7ce", "\U0001d165", "\U0001d173", "\U0001f600", "\u1e9e", "\u03c3", "\u0391", "\u01c5", "\u2c2f", "\ua7cb",
}

func foldRunes(digest uint64, s string) uint64 {
	for _, r := range s {
		digest = (digest ^ uint64(r)) * fnvPrime
	}
	return (digest ^ '\n') * fnvPrime
}

func TestLowerCaseLettersAndDigitsOfAllCodePoints(t *testing.T) {
	digest := uint64(fnvOffset)
	for r := range rune(utf8.MaxRune + 1) {
		if !utf8.ValidRune(r) {
			continue
		}
		s := string(r)
		digest = foldRunes(digest, ToLower(s))
		kind := "other"
		if IsLetter(r) {
			kind = "letter"
		}
		digest = fold(digest, []byte(kind))
		digest = fold(digest, strconv.AppendInt(nil, int64(Digit(r)), 10))
		if r >= 0x20000 && r%64 != 0 {
			continue
		}
		for _, text := range []string{s + "Σ", "A" + s + "Σ", "א" + s + "אΣ", "AΣ" + s, "AΣ" + s + "אA"} {
			digest = foldRunes(digest, ToLower(text))
		}
	}
	if want := uint64(0x0d241e2924eab5a7); digest != want {
		t.Errorf("digest = %016x, want %016x", digest, want)
	}
}

func TestLowerCaseOfStream(t *testing.T) {
	s, digest := splitMix64(1), uint64(fnvOffset)
	for range streamLength {
		var b strings.Builder
		for range (s.next()>>8)%12 + 1 {
			b.WriteString(letters[(s.next()>>8)%uint64(len(letters))])
		}
		digest = foldRunes(digest, ToLower(b.String()))
	}
	if want := uint64(0x94353811ada80fc2); digest != want {
		t.Errorf("digest = %016x, want %016x", digest, want)
	}
}

func TestLowerCaseOfKnownTexts(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"plain", "plain"},
		{"MiXed 1", "mixed 1"},
		{"ÉCOLE", "école"},
		{"İstanbul", "i̇stanbul"},
		{"ΟΔΥΣΣΕΥΣ", "οδυσσευς"},
		{"ΟΔΥΣΣΕΥΣ.", "οδυσσευς."},
		{"ΟΔΥΣ.Σ ΣΑΣ", "οδυσ.ς σας"},
		{"Σ", "σ"},
		{"AΣ1", "aς1"},
		{"STRASSE ẞ", "strasse ß"},
		{"\U00010400", "\U00010428"},
	}
	for _, tt := range tests {
		if got := ToLower(tt.text); got != tt.want {
			t.Errorf("ToLower(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestLowerCaseOfUnchangedASCIIDoesNotAllocate(t *testing.T) {
	text := strings.Repeat("nothing to change here, ", 10)
	if n := testing.AllocsPerRun(100, func() { ToLower(text) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestUTF16Len(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "日本": 2, "😀": 2, "a😀é日": 5} {
		if got := UTF16Len(text); got != want {
			t.Errorf("UTF16Len(%q) = %d, want %d", text, got, want)
		}
	}
}

func BenchmarkToLower(b *testing.B) {
	for name, text := range map[string]string{
		"ascii_same": "spacious two bedroom apartment near the park",
		"ascii":      "Spacious Two Bedroom Apartment near the Park",
		"latin":      "Geräumige Wohnung in bester Lage, École supérieure",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				ToLower(text)
			}
		})
	}
}

// TestLowerSigmaKnowsWordsByTheirNeighbours compares it with the boundaries of words.
func TestLowerSigmaKnowsWordsByTheirNeighbours(t *testing.T) {
	s, known := splitMix64(2), 0
	near := []string{" ", "a", "Z", "Σ", "ω", "Α", "1", ".", "\u0301", "\u00ad", "é", "\n", "😀", ""}
	for range 20_000 {
		var b strings.Builder
		for range 2 {
			b.WriteString(letters[(s.next()>>8)%uint64(len(letters))])
			b.WriteString(near[(s.next()>>8)%uint64(len(near))])
		}
		b.WriteString("Σ")
		at := b.Len() - len("Σ")
		for range 2 {
			b.WriteString(near[(s.next()>>8)%uint64(len(near))])
			b.WriteString(letters[(s.next()>>8)%uint64(len(letters))])
		}
		text := b.String()
		got, ok := LowerSigma(text, at)
		if !ok {
			continue
		}
		known++
		want := rune(smallSigma)
		if newWordBreaks(text).final(utf8.RuneCountInString(text[:at])) {
			want = finalSigma
		}
		if got != want {
			t.Errorf("the sigma at %d of %q is %c, want %c", at, text, got, want)
		}
	}
	if known < 2000 {
		t.Errorf("%d sigmas known by what is beside them, want at least 2000", known)
	}
}
