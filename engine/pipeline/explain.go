package pipeline

// Step is one step of a Pipeline as a reader sees it.
type Step struct {
	Node, Op    string
	Reads, Adds []string
}

// Steps describes the steps in the order in which they run.
func (p *Pipeline) Steps() []Step {
	steps := make([]Step, len(p.plain.steps))
	for i, s := range p.plain.steps {
		steps[i] = Step{Node: s.node.Path, Op: s.op.Name, Reads: s.reads}
		for _, c := range s.adds {
			if c != "" {
				steps[i].Adds = append(steps[i].Adds, c)
			}
		}
	}
	return steps
}

// Pruned returns the paths of the nodes that the wanted outputs do not need.
func (p *Pipeline) Pruned() []string { return p.pruned }

// Fused reports whether some nodes run together as one.
func (p *Pipeline) Fused() bool { return p.fast != nil }
