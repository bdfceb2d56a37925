package javatext

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The wanted pieces were printed by String.split of JDK 17.

func TestSplitAtSpaces(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{" ", nil},
		{" \t\n\v\f\r", nil},
		{"a", []string{"a"}},
		{"a b", []string{"a", "b"}},
		{"a  b", []string{"a", "", "b"}},
		{" a", []string{"", "a"}},
		{"  a ", []string{"", "", "a"}},
		{"a\tb\nc\vd\fe\rf", []string{"a", "b", "c", "d", "e", "f"}},
		{"a\r\nb", []string{"a", "", "b"}},
		{"a\u00a0b\u0085c\u2003d\x1ce", []string{"a\u00a0b\u0085c\u2003d\x1ce"}},
		{"日 本 😀 ", []string{"日", "本", "😀"}},
	}
	for _, tt := range tests {
		got := AppendSplitSpace([]string{""}, tt.text)
		if diff := cmp.Diff(append([]string{""}, tt.want...), got); diff != "" {
			t.Errorf("AppendSplitSpace(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestSplitAtText(t *testing.T) {
	tests := []struct {
		text, sep string
		want      []string
	}{
		{"", ",", []string{""}},
		{",", ",", []string{}},
		{",,", ",", []string{}},
		{"x0,x1,", ",", []string{"x0", "x1"}},
		{",x0,,x1", ",", []string{"", "x0", "", "x1"}},
		{"x0", ",", []string{"x0"}},
		{"a::b:", "::", []string{"a", "b:"}},
		{":::", "::", []string{"", ":"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Split(tt.text, tt.sep)); diff != "" {
			t.Errorf("Split(%q, %q) (-want +got):\n%s", tt.text, tt.sep, diff)
		}
	}
}

func BenchmarkSplitSpace(b *testing.B) {
	const text = "spacious two bedroom apartment near the park"
	b.SetBytes(int64(len(text)))
	var pieces []string
	for b.Loop() {
		pieces = AppendSplitSpace(pieces[:0], text)
	}
}
