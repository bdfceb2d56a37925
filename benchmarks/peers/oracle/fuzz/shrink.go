package main

import (
	"math"
	"slices"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/ops/opstest/casefile"
)

// shrinker makes a subject that shows a difference smaller: fewer rows, fewer
// stages, simpler values.
type shrinker struct {
	j     *judge
	ways  []way
	kind  kind
	tries int // that are left
}

// differs returns the difference of s if it is of the kind that is looked for.
func (h *shrinker) differs(s *subject) *difference {
	if h.tries <= 0 {
		return nil
	}
	h.tries--
	d, err := h.j.compare(s, h.ways)
	if err != nil || d == nil || d.kind != h.kind {
		return nil
	}
	return d
}

// shrink returns a smaller subject with its difference.
func (j *judge) shrink(s *subject, d *difference, ws []way) (*subject, *difference) {
	h := &shrinker{j: j, kind: d.kind, ways: []way{d.way}, tries: 400}
	if h.differs(s) == nil { // it takes the runs before
		h.ways = ws
	}
	s = &subject{name: s.name, format: s.format, root: s.root, in: s.in, rows: s.rows}
	h.keep(&s, &d, h.fewerRows(s, d))
	if s.format != bundle.FormatJSON {
		h.keep(&s, &d, &subject{s.name, bundle.FormatJSON, s.root, s.in, s.rows})
	}
	if s.root.Op == "pipeline" || len(s.root.Nodes) > 0 {
		h.keep(&s, &d, &subject{s.name, s.format, bundletest.Pipeline("fuzz", flatten(s.root.Nodes)...), s.in, s.rows})
		h.fewerStages(&s, &d)
		h.keep(&s, &d, h.unwrap(s))
	}
	h.keep(&s, &d, h.fewerRows(s, d))
	h.simplerValues(&s, &d)
	return s, d
}

// keep replaces s by smaller if that shows the difference, too.
func (h *shrinker) keep(s **subject, d **difference, smaller *subject) bool {
	if smaller == nil {
		return false
	}
	found := h.differs(smaller)
	if found == nil {
		return false
	}
	*s, *d = smaller, found
	return true
}

func flatten(nodes []bundletest.Node) []bundletest.Node {
	var flat []bundletest.Node
	for _, n := range nodes {
		if n.Nodes != nil {
			flat = append(flat, flatten(n.Nodes)...)
			continue
		}
		flat = append(flat, n)
	}
	return flat
}

// fewerRows returns s with the one row that differs if that is enough, else
// with as few as halving finds.
func (h *shrinker) fewerRows(s *subject, d *difference) *subject {
	if d.row < 0 {
		if t := (&subject{s.name, s.format, s.root, s.in, nil}); h.differs(t) != nil {
			return t
		}
	} else if t := (&subject{s.name, s.format, s.root, s.in, s.rows[d.row : d.row+1]}); h.differs(t) != nil {
		return t
	}
	rows := s.rows
	for part := len(rows) / 2; part > 0; part /= 2 {
		for lo := 0; lo < len(rows); {
			less := slices.Concat(rows[:lo], rows[min(lo+part, len(rows)):])
			if len(less) < len(rows) && h.differs(&subject{s.name, s.format, s.root, s.in, less}) != nil {
				rows = less
				continue
			}
			lo += part
		}
	}
	return &subject{s.name, s.format, s.root, s.in, rows}
}

// fewerStages takes stages out one by one, the last first. Their columns that
// later stages read become columns of the source, with the values that MLeap
// gave.
func (h *shrinker) fewerStages(s **subject, d **difference) {
	for again := true; again; {
		again = false
		for i := len((*s).root.Nodes) - 1; i >= 0 && len((*s).root.Nodes) > 1; i-- {
			if i < len((*s).root.Nodes) && h.keep(s, d, h.without(*s, i)) {
				again = true
			}
		}
	}
}

func (h *shrinker) without(s *subject, at int) *subject {
	result, err := h.j.theirs(s, s.rows)
	t := &subject{s.name, s.format, s.root, slices.Clone(s.in), make([][]casefile.Value, len(s.rows))}
	t.root.Nodes = slices.Concat(s.root.Nodes[:at], s.root.Nodes[at+1:])
	for i := range s.rows {
		t.rows[i] = slices.Clone(s.rows[i])
	}
	for _, o := range s.root.Nodes[at].Outputs {
		if !reads(t.root.Nodes, o.Name) {
			continue
		}
		if err != nil {
			return nil
		}
		for k, f := range result.Columns {
			if f.Name != o.Name {
				continue
			}
			c := casefile.Column{Name: f.Name, Type: f.Type}
			if c.Type.Kind == casefile.Tensor {
				c.Type.Dims = nil
			}
			t.in = append(t.in, c)
			for i, r := range result.Rows {
				if r.Values == nil { // nothing known after the stage that refuses it
					return nil
				}
				t.rows[i] = append(t.rows[i], r.Values[k])
			}
		}
	}
	return t.usedColumns()
}

func reads(nodes []bundletest.Node, column string) bool {
	return slices.ContainsFunc(nodes, func(n bundletest.Node) bool {
		return slices.ContainsFunc(n.Inputs, func(s bundle.Socket) bool { return s.Name == column })
	})
}

// usedColumns leaves out the columns of the source that nothing reads.
func (s *subject) usedColumns() *subject {
	t := &subject{name: s.name, format: s.format, root: s.root, rows: make([][]casefile.Value, len(s.rows))}
	for k, c := range s.in {
		if !reads(s.root.Nodes, c.Name) {
			continue
		}
		t.in = append(t.in, c)
		for i, r := range s.rows {
			t.rows[i] = append(t.rows[i], r[k])
		}
	}
	return t
}

// unwrap makes the only stage of a pipeline the root, with columns named as its
// ports.
func (h *shrinker) unwrap(s *subject) *subject {
	if len(s.root.Nodes) != 1 {
		return nil
	}
	n := s.root.Nodes[0]
	n.Name = "case"
	n.Inputs, n.Outputs = slices.Clone(n.Inputs), slices.Clone(n.Outputs)
	t := &subject{name: n.Op, format: s.format, in: make([]casefile.Column, len(n.Inputs)), rows: make([][]casefile.Value, len(s.rows))}
	for i := range n.Inputs {
		at := slices.IndexFunc(s.in, func(c casefile.Column) bool { return c.Name == n.Inputs[i].Name })
		t.in[i] = casefile.Column{Name: n.Inputs[i].Port, Type: s.in[at].Type}
		n.Inputs[i].Name = n.Inputs[i].Port
		for k, r := range s.rows {
			t.rows[k] = append(t.rows[k], r[at])
		}
	}
	for i := range n.Outputs {
		n.Outputs[i].Name = n.Outputs[i].Port
	}
	t.root = n
	return t
}

// simplerValues tries simpler values in each row, all of one value at once as
// rows of one request.
func (h *shrinker) simplerValues(s **subject, d **difference) {
	if len((*s).rows) > 3 {
		return
	}
	for range 6 {
		changed := false
		for i := range (*s).rows {
			for k := range (*s).in {
				for _, v := range simpler((*s).rows[i][k]) {
					rows := slices.Clone((*s).rows)
					rows[i] = slices.Clone(rows[i])
					rows[i][k] = v
					if h.keep(s, d, &subject{(*s).name, (*s).format, (*s).root, (*s).in, rows}) {
						changed = true
						break
					}
				}
			}
		}
		if !changed {
			return
		}
	}
}

// simpler returns values simpler than v, the simplest first.
func simpler(v casefile.Value) (vs []casefile.Value) {
	switch v := v.(type) {
	case float64:
		for _, x := range []float64{0, 1, math.Round(v), math.Round(v*10) / 10, math.Round(v*1000) / 1000} {
			if x == 0 && v == 0 {
				break
			}
			if math.Float64bits(x) != math.Float64bits(v) && !(v == 1 && x == 0) && !math.IsNaN(x) && !math.IsInf(x, 0) {
				vs = append(vs, x)
			}
		}
	case string:
		for i, c := range v {
			vs = append(vs, v[:i]+v[i+len(string(c)):])
		}
	case []casefile.Value:
		for i := range v {
			vs = append(vs, slices.Delete(slices.Clone(v), i, i+1))
		}
		for i := range v {
			for _, x := range simpler(v[i]) {
				w := slices.Clone(v)
				w[i] = x
				vs = append(vs, w)
			}
		}
	case []casefile.Entry:
		for i := range v {
			vs = append(vs, slices.Delete(slices.Clone(v), i, i+1))
		}
	case *casefile.Array:
		for i := range v.Values {
			for _, x := range simpler(v.Values[i]) {
				w := *v
				w.Values = slices.Clone(v.Values)
				w.Values[i] = x
				vs = append(vs, &w)
			}
		}
	}
	return vs
}
