package fault

import (
	"fmt"
	"strings"
)

// Mistake is something wrong with one key of what was asked for.
type Mistake struct {
	Key string
	Err error
}

// CheckError lists all mistakes in what was asked for.
type CheckError struct{ Mistakes []Mistake }

func (e *CheckError) Error() string {
	if len(e.Mistakes) == 1 {
		return e.Mistakes[0].Err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d mistakes:", len(e.Mistakes))
	for _, m := range e.Mistakes {
		fmt.Fprintf(&b, "\n  %v", m.Err)
	}
	return b.String()
}
