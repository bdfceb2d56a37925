package pipeline

// ValueText is valueText.
var ValueText = valueText

// FastOps returns the ops that p runs when it can, in order.
func FastOps(p *Pipeline) []string {
	var names []string
	for _, s := range p.fast.steps {
		names = append(names, s.Op)
	}
	return names
}

var Shortened = shortened
