package engine

import (
	"slices"

	"leapscore/internal/arrays"
)

// Made returns the names of the columns of the output table that the model made.
func (p *Plan) Made() []string {
	names := arrays.FieldNames(p.Schema)[len(p.keep):]
	n := 0
	for _, width := range p.widths {
		n += max(width, 1)
	}
	return names[:n]
}

// Origin says of a column of the output table which columns of the source it is
// made of. A kept column is the one of the source as it is.
type Origin struct {
	Column string
	From   []string
	Kept   bool
}

// Origins returns where each column of the output table comes from, in order; those
// that say what made a row come from nowhere and are left out.
func (p *Plan) Origins() []Origin {
	from := map[string][]string{} // by column of the model
	for _, in := range p.Job.Model.Inputs {
		name := in.Name
		if to, ok := p.Job.Map[name]; ok {
			name = to
		}
		from[in.Name] = []string{name}
	}
	for _, s := range p.Pipeline.Steps() {
		var all []string
		for _, r := range s.Reads {
			for _, c := range from[r] {
				if !slices.Contains(all, c) {
					all = append(all, c)
				}
			}
		}
		for _, a := range s.Adds {
			from[a] = all
		}
	}
	names := arrays.FieldNames(p.Schema)
	var origins []Origin
	for i, at := range p.keep {
		origins = append(origins, Origin{Column: names[i], From: []string{p.in[at].Name}, Kept: true})
	}
	names = names[len(p.keep):]
	for i, o := range p.Pipeline.Outputs {
		for range max(p.widths[i], 1) {
			origins = append(origins, Origin{Column: names[0], From: from[o.Name]})
			names = names[1:]
		}
	}
	return origins
}
