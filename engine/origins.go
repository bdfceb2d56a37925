package engine

import "slices"

// Made returns the names of the columns of the output table that the model made.
func (p *Plan) Made() []string {
	return fieldNames(p.Schema)[len(p.keep):][:len(p.Pipeline.Outputs)]
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
	var origins []Origin
	for i, name := range fieldNames(p.Schema) {
		if i < len(p.keep) {
			origins = append(origins, Origin{Column: name, From: []string{p.in[p.keep[i]].Name}, Kept: true})
		} else if i < len(p.keep)+len(p.Pipeline.Outputs) {
			origins = append(origins, Origin{Column: name, From: from[p.Pipeline.Outputs[i-len(p.keep)].Name]})
		}
	}
	return origins
}
