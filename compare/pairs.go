package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/internal/arrays"
	"leapscore/internal/similar"
)

// Kind says how two columns are compared.
type Kind string

// The kinds. Text and booleans are labels; integers, floats and decimals are
// numbers; lists of numbers, and structs laid out as Spark's VectorUDT or as sparse vectors, are
// vectors.
const (
	Number     Kind = "number"
	Label      Kind = "label"
	VectorKind Kind = "vector"
)

// kindOf returns the kind of a column, or "".
func kindOf(dt arrow.DataType) Kind {
	switch t := dt.(type) {
	case *arrow.DictionaryType:
		return kindOf(t.ValueType)
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType:
		if kindOf(t.(arrow.ListLikeType).Elem()) == Number {
			return VectorKind
		}
		return ""
	case *arrow.StructType:
		if isVector(t) {
			return VectorKind
		}
		return ""
	}
	switch id := dt.ID(); {
	case id == arrow.BOOL, id == arrow.STRING, id == arrow.LARGE_STRING:
		return Label
	case arrow.IsInteger(id), id == arrow.FLOAT32, id == arrow.FLOAT64, id == arrow.DECIMAL128, id == arrow.DECIMAL256:
		return Number
	}
	return ""
}

// isVector reports whether a struct has the fields of Spark's vectors, of which the
// first may be missing.
func isVector(t *arrow.StructType) bool {
	names := []string{"type", "size", "indices", "values"}
	fields := t.Fields()
	if len(fields) == 4 && fields[0].Type.ID() != arrow.INT8 {
		return false
	}
	if len(fields) < 3 || len(fields) > 4 {
		return false
	}
	for i, f := range fields {
		if f.Name != names[len(names)-len(fields)+i] {
			return false
		}
	}
	last := fields[len(fields)-3:]
	l, ok := last[1].Type.(*arrow.ListType)
	return ok && l.Elem().ID() == arrow.INT32 && last[0].Type.ID() == arrow.INT32 && kindOf(last[2].Type) == VectorKind
}

// pairKind returns the kind of a pair that check has passed.
func pairKind(s *arrow.Schema, p Pair) Kind { return kindOf(s.Field(s.FieldIndices(p.A)[0]).Type) }

// hasKind reports whether a column of the schema can be compared with others.
func hasKind(s *arrow.Schema, column string) bool {
	at := s.FieldIndices(column)
	return len(at) > 0 && kindOf(s.Field(at[0]).Type) != ""
}

func check(s *arrow.Schema, pairs []Pair) error {
	var problems []string
	for _, p := range pairs {
		var kinds []Kind
		for _, c := range []string{p.A, p.B} {
			at := s.FieldIndices(c)
			if len(at) == 0 {
				problems = append(problems, fmt.Sprintf("there is no column %s; there are %s", similar.Each([]string{c}, arrays.FieldNames(s)), similar.List(arrays.FieldNames(s))))
				continue
			}
			kind := kindOf(s.Field(at[0]).Type)
			if kind == "" {
				problems = append(problems, fmt.Sprintf("column %q is %s, want numbers, text, booleans or lists of numbers", c, s.Field(at[0]).Type))
				continue
			}
			kinds = append(kinds, kind)
		}
		if len(kinds) == 2 && kinds[0] != kinds[1] {
			problems = append(problems, fmt.Sprintf("column %q is a %s and column %q is a %s: they cannot be compared", p.A, kinds[0], p.B, kinds[1]))
		}
	}
	if problems != nil {
		return &PairError{problems}
	}
	return nil
}

// checkNames checks that the columns that name rows are there.
func checkNames(s *arrow.Schema, by []NameColumn) error {
	for _, k := range by {
		if len(s.FieldIndices(k.Column)) == 0 {
			names := arrays.FieldNames(s)
			return &PairError{[]string{fmt.Sprintf("key: there is no column %s; there are %s", similar.Each([]string{k.Column}, names), similar.List(names))}}
		}
	}
	return nil
}

// Pairs finds the columns that several models have under their prefixes, such as
// a_price and b_price: every two of them, in the order of the prefixes, that can be
// compared. Without prefixes, a prefix is the part of a name before its first
// underscore.
func Pairs(s *arrow.Schema, prefixes []string) []Pair {
	type member struct{ prefix, column string }
	var order []string
	groups := map[string][]member{}
	for _, f := range s.Fields() {
		for _, m := range splitName(f.Name, prefixes) {
			if kindOf(f.Type) == "" {
				continue
			}
			if groups[m[1]] == nil {
				order = append(order, m[1])
			}
			groups[m[1]] = append(groups[m[1]], member{m[0], f.Name})
		}
	}
	var pairs []Pair
	for _, rest := range order {
		g := groups[rest]
		if prefixes != nil {
			slices.SortStableFunc(g, func(a, b member) int {
				return slices.Index(prefixes, a.prefix) - slices.Index(prefixes, b.prefix)
			})
		}
		for i, a := range g {
			for _, b := range g[i+1:] {
				if p := (Pair{a.column, b.column}); check(s, []Pair{p}) == nil {
					pairs = append(pairs, p)
				}
			}
		}
	}
	return pairs
}

// splitName returns the prefix of a column and the rest of its name, in every way
// that there is.
func splitName(name string, prefixes []string) [][2]string {
	if prefixes == nil {
		p, rest, ok := strings.Cut(name, "_")
		if !ok || p == "" || rest == "" {
			return nil
		}
		return [][2]string{{p, rest}}
	}
	var ways [][2]string
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(name, p+"_"); ok && rest != "" {
			ways = append(ways, [2]string{p, rest})
		}
	}
	return ways
}
