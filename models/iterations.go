package models

import (
	"fmt"
	"strconv"
	"strings"
)

// Iterations is a range of rounds of boosting: those from First to before End. An
// End of 0 is that of the model. Given tells 0:, which is all rounds, from nothing, which
// leaves the choice to the model.
type Iterations struct {
	First, End int
	Given      bool
}

// ParseIterations reads a:b, a:, :b or b, as Python writes ranges: a number alone is
// how many rounds there are.
func ParseIterations(s string) (it Iterations, err error) {
	if s == "" {
		return it, nil
	}
	bad := fmt.Errorf("iterations %q: want A:B, for the rounds from A to before B, or B for the first B", s)
	it.Given = true
	first, end, isRange := strings.Cut(s, ":")
	if !isRange {
		first, end = "", s
	}
	for _, part := range []struct {
		text string
		n    *int
	}{{first, &it.First}, {end, &it.End}} {
		if part.text == "" {
			continue
		}
		n, err := strconv.ParseUint(part.text, 10, 31)
		if err != nil {
			return it, bad
		}
		*part.n = int(n)
	}
	if end != "" && it.End <= it.First {
		return it, fmt.Errorf("%w; there are none in %q", bad, s)
	}
	return it, nil
}

// Of returns the range in a model of that many rounds.
func (it Iterations) Of(rounds int) (first, end int, err error) {
	first, end = it.First, it.End
	if end == 0 {
		end = rounds
	}
	if end > rounds || first >= end && it != (Iterations{}) {
		return 0, 0, fmt.Errorf("iterations %d:%d: the model has %d", first, end, rounds)
	}
	return first, end, nil
}
