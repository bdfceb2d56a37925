package pipeline

import (
	"maps"
	"slices"
)

// Step is one step of a Pipeline as a reader sees it.
type Step struct {
	Node, Op    string
	Reads, Adds []string
}

// Steps describes the steps in the order in which they run.
func (p *Pipeline) Steps() []Step {
	steps := make([]Step, len(p.plain.steps))
	for i, s := range p.plain.steps {
		steps[i] = Step{Node: s.Path, Op: s.Op, Reads: s.Inputs}
		for _, c := range s.Outputs {
			if c != "" {
				steps[i].Adds = append(steps[i].Adds, p.names(c)...)
			}
		}
	}
	return steps
}

// names returns all names that a column goes by.
func (p *Pipeline) names(column string) []string {
	names := []string{column}
	for _, also := range slices.Sorted(maps.Keys(p.aliases)) {
		if p.aliases[also] == column {
			names = append(names, also)
		}
	}
	return names
}

// Pruned returns the paths of the nodes that the wanted outputs do not need.
func (p *Pipeline) Pruned() []string { return p.pruned }

// Fused reports whether some nodes run together as one.
func (p *Pipeline) Fused() bool { return p.fast != nil }

// FusedHeads returns how many models run without the vectors they read.
func (p *Pipeline) FusedHeads() int {
	n := 0
	if p.fast != nil {
		for _, s := range p.fast.steps {
			if s.fused != nil {
				n++
			}
		}
	}
	return n
}
