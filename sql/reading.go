package sql

import "leapscore/sources"

// Reading says how the rows of a query are read.
type Reading struct {
	// Direct is set if the rows are read from the files, without DuckDB's engine.
	Direct bool `json:"direct"`
	// Filtered is set if DuckDB finds which of those rows the WHERE wants.
	Filtered bool `json:"filtered,omitempty"`
	// Reason is why DuckDB runs the query, empty if the rows are read directly.
	Reason string `json:"reason,omitempty"`
}

// ReadingOf returns how the rows of a source are read that Open returned.
func ReadingOf(src sources.Source) (r Reading, ok bool) {
	if q, ok := src.(interface{ reading() Reading }); ok {
		return q.reading(), true
	}
	return Reading{}, false
}

// String says it in words.
func (r Reading) String() string {
	switch {
	case r.Filtered:
		return "read directly from files, after DuckDB has found the rows that meet the WHERE"
	case r.Direct:
		return "read directly from files"
	}
	return "run by DuckDB: " + r.Reason
}
