// Package texts reads values that are lists or mappings from one text.
package texts

import (
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// WithPairs returns a mapping with more pairs, such as input=column. Several pairs
// may stand in one text, separated by commas; a piece without an = belongs to the
// value before it, so that a value may have commas.
func WithPairs(m map[string]string, s, pair string) (map[string]string, error) {
	m = maps.Clone(m)
	if m == nil {
		m = map[string]string{}
	}
	var key, value string
	for i, piece := range strings.Split(s, ",") {
		k, v, isPair := strings.Cut(piece, "=")
		switch {
		case !isPair && i == 0:
			return nil, fmt.Errorf("%q: want %s", s, pair)
		case !isPair:
			value += "," + piece
			continue
		case i > 0:
			if err := AddPair(m, key, value, pair); err != nil {
				return nil, err
			}
		}
		key, value = k, v
	}
	return m, AddPair(m, key, value, pair)
}

// AddPair adds one pair.
func AddPair(m map[string]string, key, value, pair string) error {
	if key == "" {
		return fmt.Errorf("%q: want %s", "="+value, pair)
	}
	if old, dup := m[key]; dup && old != value {
		return fmt.Errorf("%s is given twice, as %q and as %q", key, old, value)
	}
	m[key] = value
	return nil
}

// Pairs is the text of a mapping.
func Pairs(m map[string]string) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, k+"="+m[k])
	}
	return strings.Join(list, ",")
}

// SplitCommas reads one line of CSV.
func SplitCommas(s string) ([]string, error) {
	if s == "" {
		return []string{}, nil
	}
	return csv.NewReader(strings.NewReader(s)).Read()
}

// JoinCommas is the inverse of SplitCommas.
func JoinCommas(list []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(list) // into memory
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// YAMLOfJSON returns JSON in a form that is YAML too, with the same lines: YAML knows no
// tabs between values, and no characters that are written as two escapes.
func YAMLOfJSON(data []byte) []byte {
	var out []byte
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\t': // which no string has
			out = append(out, ' ')
		case c != '\\':
			out = append(out, c)
		default:
			if high, low := escaped(data[i:]), escaped(data[min(i+6, len(data)):]); utf16.IsSurrogate(high) {
				out = utf8.AppendRune(out, utf16.DecodeRune(high, low))
				i += 11
				continue
			}
			if i++; data[i] != '/' { // which YAML does not escape
				out = append(out, c)
			}
			out = append(out, data[i])
		}
	}
	return out
}

// escaped is the character of an escape such as \u00e9 at the beginning of data, or 0.
func escaped(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0
	}
	n, _ := strconv.ParseUint(string(data[2:6]), 16, 16) // valid JSON
	return rune(n)
}
