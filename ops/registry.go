package ops

import (
	"fmt"
	"slices"
	"strings"
)

// Registry is a table of ops by wire name. It is immutable.
type Registry struct {
	byName map[string]*Op
	names  []string
}

// NewRegistry returns the table of the given ops. It panics if two have the
// same name, which is a mistake in the program.
func NewRegistry(table ...*Op) *Registry {
	r := &Registry{byName: make(map[string]*Op, len(table))}
	for _, op := range table {
		if _, dup := r.byName[op.Name]; dup {
			panic(fmt.Sprintf("ops: %q registered twice", op.Name))
		}
		r.byName[op.Name] = op
		r.names = append(r.names, op.Name)
	}
	slices.SortFunc(r.names, strings.Compare)
	return r
}

// Lookup returns the op of that wire name.
func (r *Registry) Lookup(name string) (*Op, bool) {
	op, ok := r.byName[name]
	return op, ok
}

// Names returns every wire name, sorted.
func (r *Registry) Names() []string { return slices.Clone(r.names) }
