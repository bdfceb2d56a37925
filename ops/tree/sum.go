package tree

// Sum adds up what the leaves of an ensemble hold.
type Sum[T float32 | float64] struct {
	Values []T     // of the leaves, by number: Dims for each
	Dims   int     // how many outputs a leaf adds to; 0 is 1
	Groups []int32 // by tree: the first output that it adds to; nil: the first of all
}

// Add adds to the outputs of each row of r, tree by tree in order, the values of
// the leaf that the row reaches: out[g+d][i] += Values[leaf*Dims+d], with g the group
// of the tree and i the row counted from r.From. Each is one addition of two values
// of type T.
func (s *Sum[T]) Add(e *Ensemble, r *Rows, out [][]T) {
	e.Walk(r, func(t, first int, leaves []int32) { s.fold(s.Values, t, first, leaves, out) })
}

// fold adds the values at the places that some rows have reached in a tree.
func (s *Sum[T]) fold(values []T, t, first int, at []int32, out [][]T) {
	if s.Groups != nil {
		out = out[s.Groups[t]:]
	}
	if s.Dims <= 1 {
		sum := out[0][first:][:len(at)]
		for i, k := range at {
			sum[i] += values[k]
		}
		return
	}
	for d, sum := range out[:s.Dims] {
		sum = sum[first:][:len(at)]
		for i, k := range at {
			sum[i] += values[int(k)*s.Dims+d]
		}
	}
}
