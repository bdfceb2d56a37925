package tree

// Value returns a feature of a row, counted from the first row of the batch, as the trees
// see it; NaN if the row does not have it.
func (r *Rows) Value(row int, feature int32) float64 { return r.value(row, feature) }
