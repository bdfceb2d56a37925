package tree

// Costs are about nanoseconds for a row, to choose between plans. They need not be
// right, only their order, where the plans differ much.

// cost is the time of a row.
func (p *plan) cost() float64 {
	c := 0.4*float64(len(p.features)) + 1.5*float64(p.columns()-len(p.features))
	for i := range p.trees {
		switch l := &p.trees[i]; {
		case l.form == bitsForm && p.kernel == &bitKernels[0] && len(bitKernels) > 1: // AVX-512
			c += 0.07*float64(l.splits) + 1
		case l.form == bitsForm:
			c += 0.11*float64(l.splits) + 1
		case l.form == heapForm:
			c += 1.2 * float64(l.depth)
		case l.form == graphForm:
			c += 1.8 * float64(l.depth)
		default:
			c += 3 * float64(l.depth)
		}
	}
	return c
}

// pays reports whether a plan by ranks takes less time than another one, if
// there is one: if not, no plan paid.
func (p *rankPlan) pays(other *plan) bool {
	return other != nil && p.cost() < 0.85*other.cost()
}

// cost is the time of a row.
func (p *rankPlan) cost() float64 {
	c := 0.4 * float64(len(p.features))
	for i := range p.segments {
		c += p.segments[i].cost()
	}
	return c
}

// searchCosts are those of a rank by the depth of the search; tables of the deep ones
// do not stay in the cache.
var searchCosts = [4]float64{1.5, 3, 6, 13}

func (s *segment) cost() float64 {
	c := 0.0
	for i := range s.columns {
		switch k := &s.columns[i]; {
		case k.category != noCategories:
			c += 3
		case hasSearch:
			c += searchCosts[k.levels.depth-1]
		default:
			c += 1 + 0.5*float64(len(k.thresholds)/8+1)
		}
	}
	for i := range s.trees {
		switch l := &s.trees[i]; l.form {
		case muxForm:
			splits := l.cherries.to - l.cherries.from + l.muxes.to - l.muxes.from
			c += 0.03*float64(splits) + 0.5 + 0.2*float64(l.sides.to-l.sides.from)
		case heapForm:
			c += 0.8*float64(l.depth) + 1
		case graphForm:
			c += 1.2*float64(l.depth) + 1
		default:
			c += 2 * float64(l.depth)
		}
	}
	return c
}
