package job

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// withPairs returns a mapping with more pairs, such as input=column. Several pairs
// may stand in one text, separated by commas; a piece without an = belongs to the
// value before it, so that a value may have commas.
func withPairs(m map[string]string, s, pair string) (map[string]string, error) {
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
			if err := addPair(m, key, value, pair); err != nil {
				return nil, err
			}
		}
		key, value = k, v
	}
	return m, addPair(m, key, value, pair)
}

func addPair(m map[string]string, key, value, pair string) error {
	if key == "" {
		return fmt.Errorf("%q: want %s", "="+value, pair)
	}
	if old, dup := m[key]; dup && old != value {
		return fmt.Errorf("%s is given twice, as %q and as %q", key, old, value)
	}
	m[key] = value
	return nil
}

func pairsText(m map[string]string) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, k+"="+m[k])
	}
	return strings.Join(list, ",")
}
