package feature

import (
	"leapscore/bundle"
	"leapscore/ops"
)

// invalid is what an op does with a value that its model does not know
// (HandleInvalid.scala).
type invalid string

const (
	invalidError invalid = "error"
	invalidSkip  invalid = "skip"
	invalidKeep  invalid = "keep"
)

// loadInvalid reads handle_invalid. An op that cannot skip refuses "skip".
func loadInvalid(a *bundle.Attrs, def invalid, canSkip bool) invalid {
	v := invalid(a.StringOr("handle_invalid", string(def)))
	switch {
	case v == invalidError, v == invalidKeep, v == invalidSkip && canSkip:
	default:
		want := "error or keep"
		if canSkip {
			want = "error, skip or keep"
		}
		a.Failf("handle_invalid", "%q, want %s", string(v), want)
	}
	return v
}

// nullVector reports null rows of an op's only input.
func nullVector(b *ops.Batch) func(row int) {
	return func(row int) { b.Reject(row, 0, ops.Null, "null vector") }
}
