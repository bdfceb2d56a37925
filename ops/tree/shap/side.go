package shap

// left returns the rows of column, at most 64, that go left at a split, as bits.
func (s *split) left(column []float64) (left uint64) {
	for i, x := range column {
		if s.float32 {
			x = float64(float32(x))
		}
		if s.goesLeft != nil {
			if s.goesLeft(s.index, x) {
				left |= 1 << i
			}
		} else if s.GoesLeft(x) {
			left |= 1 << i
		}
	}
	return left
}
