package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"leapscore/bundle"
)

// Part is one of several models that run as one.
type Part struct {
	Name  string // what its columns are prefixed with, and an underscore
	Model *Model
}

// Prefixed is what a column of the part is called in the joined model.
func (p Part) Prefixed(column string) string { return p.Name + "_" + column }

// NameError says that models cannot be joined under the names that they were
// given.
type NameError struct{ msg string }

func (e *NameError) Error() string { return e.msg }

// Join returns a model that does what all parts do, over one read of their
// inputs. It adds the columns of each part under the part's prefix; inputs keep
// their names, and those of one name are one.
//
// Nodes that are alike, which means one op with one model and one set of ports
// on the same columns, are computed once, whichever parts they belong to. The
// bits are those of the parts on their own. A row that the node of any part
// refuses or skips is refused or skipped as a whole, by the first such node in
// the order of the parts; the path of a node begins with the names of its parts.
func Join(parts []Part) (*Model, error) {
	j := &joiner{
		m:       &Model{Parts: parts, Identity: identityOf(parts), aliases: map[string]string{}},
		digests: map[*stage][sha256.Size]byte{},
		owners:  map[*stage][]owner{},
	}
	if err := j.names(parts); err != nil {
		return nil, err
	}
	for _, p := range parts {
		if err := j.part(p); err != nil {
			return nil, err
		}
	}
	for _, s := range j.m.stages {
		s.Path = ownedPath(j.owners[s])
		for _, o := range j.owners[s] {
			s.parts = append(s.parts, o.part)
		}
	}
	return j.m, nil
}

type joiner struct {
	m       *Model
	digests map[*stage][sha256.Size]byte // of those that were asked for
	owners  map[*stage][]owner
}

// owner is a part that a node belongs to, and what the node is called there.
type owner struct{ part, path string }

// ownedPath is the path of a node in a joined model: "a:root/x.node", or
// "a,b:root/x.node" if two parts have it.
func ownedPath(owners []owner) string {
	var paths []string
	names := map[string][]string{}
	for _, o := range owners {
		if !slices.Contains(paths, o.path) {
			paths = append(paths, o.path)
		}
		if !slices.Contains(names[o.path], o.part) {
			names[o.path] = append(names[o.path], o.part)
		}
	}
	for i, p := range paths {
		paths[i] = strings.Join(names[p], ",") + ":" + p
	}
	return strings.Join(paths, " ")
}

// names refuses columns that would have one name, all at once.
func (j *joiner) names(parts []Part) error {
	what := map[string]string{}
	for _, p := range parts {
		for _, in := range p.Model.Inputs {
			what[in.Name] = fmt.Sprintf("input %q of model %s", in.Name, p.Name)
		}
	}
	var clashes []string
	for _, p := range parts {
		for _, o := range p.Model.Outputs {
			name := p.Prefixed(o.Name)
			mine := fmt.Sprintf("output %q of model %s", o.Name, p.Name)
			if other, dup := what[name]; dup {
				clashes = append(clashes, fmt.Sprintf("column %q would be both the %s and the %s", name, other, mine))
			}
			what[name] = mine
		}
	}
	if clashes != nil {
		return &NameError{strings.Join(clashes, "; ") + "; give one of the models another name"}
	}
	return nil
}

// part adds the nodes, inputs and outputs of p.
func (j *joiner) part(p Part) error {
	m := j.m
	made := map[string]string{} // column of the part -> of the joined model
	for _, s := range p.Model.stages {
		joined := j.renamed(p, s, made)
		twin, err := j.twin(joined)
		if err != nil {
			return fmt.Errorf("model %s: node %s (%s): %w", p.Name, s.Path, s.Op, err)
		}
		if twin == nil {
			m.stages = append(m.stages, joined)
			twin = joined
		}
		j.owners[twin] = append(j.owners[twin], owner{p.Name, s.Path})
		for port, c := range s.Outputs {
			if c == "" {
				continue
			}
			made[c] = twin.Outputs[port]
			if name := p.Prefixed(c); name != twin.Outputs[port] {
				m.aliases[name] = twin.Outputs[port]
			}
		}
	}
	for _, in := range p.Model.Inputs {
		m.input(in)
	}
	for _, o := range p.Model.Outputs {
		o.Name, o.Node = p.Prefixed(o.Name), p.Name+":"+o.Node
		m.Outputs = append(m.Outputs, o)
	}
	return nil
}

// renamed returns a stage of p as the joined model has it.
func (j *joiner) renamed(p Part, s *stage, made map[string]string) *stage {
	joined := *s
	joined.Inputs, joined.Outputs = slices.Clone(s.Inputs), slices.Clone(s.Outputs)
	for i, c := range s.Inputs {
		if to, ok := made[c]; ok {
			joined.Inputs[i] = to
		}
	}
	for i, c := range s.Outputs {
		if c != "" {
			joined.Outputs[i] = p.Prefixed(c)
		}
	}
	return &joined
}

// twin returns the stage that does the same as s, if there is one.
func (j *joiner) twin(s *stage) (*stage, error) {
	if s.Digest == nil {
		return nil, nil
	}
	for _, t := range j.m.stages {
		if t.Op != s.Op || t.Digest == nil || !slices.Equal(t.Inputs, s.Inputs) {
			continue
		}
		same, err := j.sameKernel(s, t)
		if err != nil {
			return nil, err
		}
		if same {
			return t, nil
		}
	}
	return nil, nil
}

func (j *joiner) sameKernel(s, t *stage) (bool, error) {
	var sums [2][sha256.Size]byte
	for i, x := range []*stage{s, t} {
		sum, known := j.digests[x]
		if !known {
			var err error
			if sum, err = x.Digest(); err != nil {
				return false, err
			}
			j.digests[x] = sum
		}
		sums[i] = sum
	}
	return sums[0] == sums[1], nil
}

// input adds a free input. Where parts ask for one column under several types,
// the narrower counts if it becomes the other without loss, else the last.
func (m *Model) input(f bundle.Field) {
	at := slices.IndexFunc(m.Inputs, func(g bundle.Field) bool { return g.Name == f.Name })
	switch {
	case at < 0:
		m.Inputs = append(m.Inputs, f)
	case !widens(m.Inputs[at].Type, f.Type):
		m.Inputs[at] = f
	}
}

// models names joined models in an error.
func models(parts []string) string {
	parts = slices.Compact(slices.Sorted(slices.Values(parts)))
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return "model " + parts[0]
	}
	return "models " + strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// column returns the name under which the column of that name is made: another
// one if an earlier part has the same.
func (m *Model) column(name string) string {
	if made, ok := m.aliases[name]; ok {
		return made
	}
	return name
}

func identityOf(parts []Part) Identity {
	var names []string
	var ids []Identity
	for _, p := range parts {
		names, ids = append(names, p.Name), append(ids, p.Model.Identity)
	}
	return JoinIdentities(names, ids)
}

// JoinIdentities is the identity of a joined model: the names, versions and UIDs
// of its parts, and a hash of their names and hashes.
func JoinIdentities(names []string, ids []Identity) Identity {
	h := sha256.New()
	for i, id := range ids {
		fmt.Fprintf(h, "%s=%s\n", names[i], id.SHA256)
	}
	list := func(of func(Identity) string) string {
		var all []string
		for i, id := range ids {
			all = append(all, names[i]+"="+of(id))
		}
		return strings.Join(all, ",")
	}
	return Identity{
		Name:    list(func(id Identity) string { return id.Name }),
		Version: list(func(id Identity) string { return id.Version }),
		UID:     list(func(id Identity) string { return id.UID }),
		SHA256:  hex.EncodeToString(h.Sum(nil)),
	}
}
