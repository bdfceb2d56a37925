package sinks

import (
	"errors"
	"fmt"
)

// ErrRunDone is returned by Create with Options.Plan or Once, and by table formats
// that note runs, if the table holds the rows of the run already. There is nothing
// to do then.
var ErrRunDone = fmt.Errorf("the run is in the table already: %w", ErrOutputExists)

// ErrMismatch says that columns are missing or have other types than in the table.
var ErrMismatch = errors.New("the rows do not fit the table")
