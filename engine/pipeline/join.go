package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"leapscore/bundle"
)

// Member is one of several models that run as one.
type Member struct {
	Name  string // what its columns are prefixed with, and an underscore
	Model *Model
}

// Prefixed is what a column of the member is called in the joined model.
func (m Member) Prefixed(column string) string { return m.Name + "_" + column }

// NameError reports columns that would have one name if models were joined under
// the names that they were given.
type NameError struct{ msg string }

func (e *NameError) Error() string { return e.msg }

// Join returns a model that computes what all members compute, over one read of
// their inputs. It adds the columns of each member under the member's prefix;
// inputs keep their names, and those of one name are one.
//
// Nodes of one op that read the same columns and have the same Digest are computed
// once, whichever members they belong to. The bits are those of the members on
// their own. A row that the node of any member refuses or skips is refused or
// skipped as a whole, by the first such node in the order of the members; the path
// of a node begins with the names of its members.
func Join(members []Member) (*Model, error) {
	j := &joiner{
		m:       &Model{Members: members, Identity: identityOf(members), aliases: map[string]string{}},
		digests: map[*stage][sha256.Size]byte{},
		owners:  map[*stage][]owner{},
	}
	if err := j.checkNames(members); err != nil {
		return nil, err
	}
	for _, m := range members {
		if err := j.add(m); err != nil {
			return nil, err
		}
		for _, w := range m.Model.Warnings {
			w.Model = m.Name
			j.m.Warnings = append(j.m.Warnings, w)
		}
	}
	for _, s := range j.m.stages {
		s.Path = ownedPath(j.owners[s])
		for _, o := range j.owners[s] {
			s.members = append(s.members, o.member)
		}
	}
	return j.m, nil
}

type joiner struct {
	m       *Model
	digests map[*stage][sha256.Size]byte // of those that were asked for
	owners  map[*stage][]owner
}

// owner is a member that a node belongs to, and what the node is called there.
type owner struct{ member, path string }

// ownedPath is the path of a node in a joined model: "a:root/x.node", or
// "a,b:root/x.node" if two members have it.
func ownedPath(owners []owner) string {
	var paths []string
	names := map[string][]string{}
	for _, o := range owners {
		if !slices.Contains(paths, o.path) {
			paths = append(paths, o.path)
		}
		if !slices.Contains(names[o.path], o.member) {
			names[o.path] = append(names[o.path], o.member)
		}
	}
	for i, p := range paths {
		paths[i] = strings.Join(names[p], ",") + ":" + p
	}
	return strings.Join(paths, " ")
}

// checkNames refuses columns that would have one name, all at once.
func (j *joiner) checkNames(members []Member) error {
	what := map[string]string{}
	for _, m := range members {
		for _, in := range m.Model.Inputs {
			what[in.Name] = fmt.Sprintf("input %q of model %s", in.Name, m.Name)
		}
	}
	var clashes []string
	for _, m := range members {
		for _, o := range m.Model.Outputs {
			name := m.Prefixed(o.Name)
			mine := fmt.Sprintf("output %q of model %s", o.Name, m.Name)
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

// add adds the nodes, inputs and outputs of m.
func (j *joiner) add(m Member) error {
	made := map[string]string{} // column of the member -> of the joined model
	for _, s := range m.Model.stages {
		joined := j.renamed(m, s, made)
		twin, err := j.twin(joined)
		if err != nil {
			return fmt.Errorf("model %s: node %s (%s): %w", m.Name, s.Path, s.Op, err)
		}
		if twin == nil {
			j.m.stages = append(j.m.stages, joined)
			twin = joined
		}
		j.owners[twin] = append(j.owners[twin], owner{m.Name, s.Path})
		for port, c := range s.Outputs {
			if c == "" {
				continue
			}
			made[c] = twin.Outputs[port]
			if name := m.Prefixed(c); name != twin.Outputs[port] {
				j.m.aliases[name] = twin.Outputs[port]
			}
		}
	}
	for _, in := range m.Model.Inputs {
		j.m.input(in)
	}
	for _, o := range m.Model.Outputs {
		o.Name, o.Node = m.Prefixed(o.Name), m.Name+":"+o.Node
		j.m.Outputs = append(j.m.Outputs, o)
	}
	return nil
}

// renamed returns a stage of m as the joined model has it.
func (j *joiner) renamed(m Member, s *stage, made map[string]string) *stage {
	joined := *s
	joined.Inputs, joined.Outputs = slices.Clone(s.Inputs), slices.Clone(s.Outputs)
	for i, c := range s.Inputs {
		if to, ok := made[c]; ok {
			joined.Inputs[i] = to
		}
	}
	for i, c := range s.Outputs {
		if c != "" {
			joined.Outputs[i] = m.Prefixed(c)
		}
	}
	return &joined
}

// twin returns the stage that computes the same as s, if there is one.
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

// input adds a free input. Where members ask for one column under several types,
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
func models(members []string) string {
	members = slices.Compact(slices.Sorted(slices.Values(members)))
	switch len(members) {
	case 0:
		return ""
	case 1:
		return "model " + members[0]
	}
	return "models " + strings.Join(members[:len(members)-1], ", ") + " and " + members[len(members)-1]
}

// column returns the name under which the column of that name is made: another
// one if an earlier member has the same.
func (m *Model) column(name string) string {
	if made, ok := m.aliases[name]; ok {
		return made
	}
	return name
}

func identityOf(members []Member) Identity {
	var names []string
	var ids []Identity
	for _, m := range members {
		names, ids = append(names, m.Name), append(ids, m.Model.Identity)
	}
	return JoinIdentities(names, ids)
}

// JoinIdentities is the identity of a joined model: the names, versions and UIDs
// of its members, and a hash of their names and hashes.
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
		Writer:  list(func(id Identity) string { return id.Writer }),
	}
}
