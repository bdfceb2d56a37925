package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/internal/similar"
	"leapscore/sinks"
)

// columns collects the fields of the output table.
type columns struct {
	rename  map[string]string
	renamed map[string]bool
	fields  []arrow.Field
	what    map[string]string // by name: where the column comes from
	clashes []error
}

// add adds a column, under another name if the job says so. Where a column of
// the source and one of the model have one name, it is the source's that gets
// the other.
func (c *columns) add(f arrow.Field, what string) {
	name := f.Name
	out := name
	if to, ok := c.rename[name]; ok && !c.renamed[name] {
		out = to
		c.renamed[name] = true
	}
	if first, dup := c.what[out]; dup {
		c.clashes = append(c.clashes, fmt.Errorf(
			"the output table would have two columns %q: %s and %s; give one another name with --rename %s=NEW, or leave it out with --keep or --outputs",
			out, first, what, name))
		return
	}
	c.what[out] = what
	c.fields = append(c.fields, arrow.Field{Name: out, Type: f.Type, Nullable: true, Metadata: f.Metadata})
}

// count returns how many columns there are so far.
func (c *columns) count() int { return len(c.fields) }

// names are those of the columns so far.
func (c *columns) names() (names []string) {
	for _, f := range c.fields {
		names = append(names, f.Name)
	}
	return names
}

// check returns everything that is wrong with the names.
func (c *columns) check() error {
	for _, from := range slices.Sorted(maps.Keys(c.rename)) {
		switch {
		case !c.renamed[from]:
			c.clashes = append(c.clashes, fmt.Errorf("rename: the output table has no column %s; it has %s", similar.Each([]string{from}, c.names()), similar.List(c.names())))
		case c.rename[from] == "":
			c.clashes = append(c.clashes, fmt.Errorf("rename: %q needs a name", from))
		}
	}
	if len(c.clashes) == 0 && len(c.fields) == 0 {
		c.clashes = append(c.clashes, errors.New("the output table would have no columns: the model adds none and none are kept"))
	}
	if err := errors.Join(c.clashes...); err != nil {
		return usagef("%v", err)
	}
	return nil
}

// schemas works out the schemas of the output table and of the rejects.
func (p *Plan) schemas() error {
	c := &columns{rename: p.Job.Rename, renamed: map[string]bool{}, what: map[string]string{}}
	for _, at := range p.keep {
		c.add(p.in[at], "a column of the source")
	}
	for _, o := range p.Pipeline.Outputs {
		if err := p.addOutput(c, o); err != nil {
			return err
		}
	}
	for _, f := range p.Job.Lineage.fields() {
		c.add(f, "of the lineage")
	}
	if err := c.check(); err != nil {
		return err
	}
	p.Schema = arrow.NewSchema(c.fields, nil)
	p.rejects()
	err := sinks.CheckNames(c.fields)
	if err == nil && p.Job.HasRejects() {
		err = sinks.CheckNames(p.Rejects.Fields())
	}
	if err != nil {
		return usagef("%v", err)
	}
	return nil
}

// rejects works out the schema of the rejects: the row, in the order of the
// source, and what was wrong with it. Rows that were rejects before have new
// reasons in place of the old.
func (p *Plan) rejects() {
	var fields []arrow.Field
	for _, f := range p.Job.Source.Schema().Fields() {
		at := slices.Index(p.Read, f.Name)
		if at < 0 || p.Job.Lineage.replaces(f.Name) || slices.ContainsFunc(rejectFields, func(r arrow.Field) bool { return r.Name == f.Name }) {
			continue
		}
		p.reject = append(p.reject, at)
		fields = append(fields, p.in[at])
	}
	fields = append(fields, rejectFields...)
	p.Rejects = arrow.NewSchema(append(fields, p.Job.Lineage.fields()...), nil)
}
