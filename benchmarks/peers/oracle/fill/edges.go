package main

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"leapscore/ops/opstest/casefile"
)

// undeclared is the size of tensors whose column declares no dimensions.
const undeclared = 3

// addEdges adds rows at the edges of what the columns can hold and around the
// numbers and strings of the model. Rows that are there already are not added
// again, so a second call changes nothing.
func addEdges(m *casefile.Model) {
	e := newEdges(m)
	pools := make([][]casefile.Value, len(m.In))
	longest := 0
	for i, c := range m.In {
		pools[i] = e.pool(c.Type)
		longest = max(longest, len(pools[i]))
	}
	seen := map[string]bool{}
	key := func(in []casefile.Value) string {
		var b strings.Builder
		for i, v := range in {
			b.WriteString(casefile.FormatValue(v, m.In[i].Type) + "|")
		}
		return b.String()
	}
	for _, r := range m.Rows {
		seen[key(r.In)] = true
	}
	add := func(in []casefile.Value) {
		if k := key(in); !seen[k] {
			seen[k] = true
			m.Rows = append(m.Rows, casefile.Row{In: in})
		}
	}
	// one column at the edge, the others ordinary: the first of each pool
	for i := range pools {
		for _, v := range pools[i] {
			in := make([]casefile.Value, len(pools))
			for j := range pools {
				in[j] = pools[j][0]
			}
			in[i] = v
			add(in)
		}
	}
	// all columns at some edge
	for n := range longest {
		in := make([]casefile.Value, len(pools))
		for i, p := range pools {
			in[i] = p[(n+3*i)%len(p)]
		}
		add(in)
	}
}

// edges makes values from those of a model.
type edges struct {
	numbers []float64
	strings []string
	random  *rand.Rand
}

func newEdges(m *casefile.Model) *edges {
	e := &edges{random: rand.New(rand.NewPCG(1, 2))}
	var model struct {
		Attributes any `json:"attributes"`
	}
	// a model that is not JSON is one whose load error the case is about
	if json.Unmarshal(m.Files["model.json"], &model) == nil {
		e.collect(model.Attributes, false)
	}
	const most = 16
	e.numbers = e.numbers[:min(most, len(e.numbers))]
	e.strings = e.strings[:min(most, len(e.strings))]
	return e
}

// collect gathers the numbers of a JSON value, and the strings of its lists
// since those elsewhere are modes, in the order of the keys.
func (e *edges) collect(v any, listed bool) {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			e.collect(v[k], false)
		}
	case []any:
		for _, x := range v {
			e.collect(x, true)
		}
	case float64:
		if !slices.Contains(e.numbers, v) {
			e.numbers = append(e.numbers, v)
		}
	case string:
		if listed && !slices.Contains(e.strings, v) {
			e.strings = append(e.strings, v)
		}
	}
}

func (e *edges) pool(t casefile.Type) []casefile.Value {
	switch t.Kind {
	case casefile.List:
		return e.lists(t.Base)
	case casefile.Map:
		return e.maps(t)
	case casefile.Tensor:
		return e.tensors(t)
	default:
		return append(e.scalars(t.Base), nil)
	}
}

var texts = []string{"", " ", "null", "unseen", "1", "1.0", "NaN", "a b", "a  B c ", "a\tb\u000bc\u00a0d", "A", "é", "e\u0301", "ΑΣ", "İ", "ß", "中文", "😀", "x😀y"}

func (e *edges) scalars(b casefile.Base) (vs []casefile.Value) {
	switch b {
	case casefile.Boolean:
		return []casefile.Value{true, false}
	case casefile.String:
		for _, s := range slices.Concat(e.strings, texts) {
			vs = append(vs, s)
		}
		for _, s := range e.strings {
			vs = append(vs, strings.ToUpper(s), s+" ")
		}
		return vs
	case casefile.ByteString:
		return []casefile.Value{[]byte{1, 2}, []byte{}, []byte{0xff}}
	case casefile.Double:
		for _, x := range e.doubles() {
			vs = append(vs, x)
		}
		return vs
	case casefile.Float:
		for _, x := range e.doubles() {
			vs = append(vs, float32(x))
		}
		return append(vs, float32(math.MaxFloat32), float32(-math.MaxFloat32), float32(math.SmallestNonzeroFloat32))
	}
	bits := map[casefile.Base]int{casefile.Byte: 8, casefile.Short: 16, casefile.Int: 32, casefile.Long: 64}[b]
	ends := []int64{math.MaxInt64 >> (64 - bits), math.MinInt64 >> (64 - bits)}
	for _, n := range append([]int64{1, 0, -1, 2, 3, 7}, ends...) {
		vs = append(vs, n)
	}
	for _, x := range e.numbers {
		if n := int64(x); float64(n) == x && n > ends[1] && n < ends[0] {
			vs = append(vs, n)
		}
	}
	return vs
}

func (e *edges) doubles() []float64 {
	xs := []float64{1, 0, math.Copysign(0, -1), -1, 0.5, -0.5, 1.5, 2, 3, 0.1, -2.5, 1e16, -1e300, math.SmallestNonzeroFloat64,
		math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1)}
	for _, x := range e.numbers {
		xs = append(xs, x, math.Nextafter(x, math.Inf(-1)), math.Nextafter(x, math.Inf(1)))
	}
	return xs
}

func (e *edges) lists(b casefile.Base) []casefile.Value {
	all := e.scalars(b)
	vs := []casefile.Value{slices.Clone(all[:min(3, len(all))]), []casefile.Value{}, []casefile.Value{nil}, slices.Clone(all)}
	for i, v := range all {
		next := all[(i+1)%len(all)]
		vs = append(vs, []casefile.Value{v}, []casefile.Value{v, next, v})
	}
	return append(vs, []casefile.Value{all[0], nil, all[0]}, nil)
}

func (e *edges) maps(t casefile.Type) []casefile.Value {
	keys, values := e.scalars(t.Key), e.scalars(t.Base)
	all := []casefile.Entry{}
	vs := []casefile.Value{}
	for i, k := range keys {
		entry := casefile.Entry{Key: k, Value: values[i%len(values)]}
		if !slices.ContainsFunc(all, func(o casefile.Entry) bool { return casefile.Equal(o.Key, k) }) {
			all = append(all, entry)
		}
		vs = append(vs, []casefile.Entry{entry})
	}
	return append(vs, all, []casefile.Entry{}, []casefile.Entry{{Key: keys[0]}}, nil)
}
