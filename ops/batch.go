package ops

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Batch is the state that the kernels of one run share for one batch.
type Batch struct {
	Mem memory.Allocator
	Len int

	// Step is the pipeline step that is being evaluated; rejects carry it.
	Step int

	// Stop is closed when the run is to end. A kernel that may take long over
	// one row looks at it, and then returns ErrStopped.
	Stop <-chan struct{}

	bad map[int]Reject
}

// Stopped reports whether Stop is closed.
func (b *Batch) Stopped() bool {
	select {
	case <-b.Stop:
		return true
	default:
		return false
	}
}

// ErrStopped is returned by a kernel that ends because Stop is closed.
var ErrStopped = errors.New("stopped")

// Reject is one row that an op refused, and why.
type Reject struct {
	Code Code
	Drop bool // handle_invalid=skip: not an error, the row just ends here
	Msg  string
	Step int // the pipeline step that reported it
	Port int // index into the step's inputs, or -1
}

// Code is the closed list of reasons. It is stable: users filter on it.
type Code string

// The reasons for which a row is refused.
const (
	Null       Code = "null"          // a null where the op needs a value
	NaN        Code = "nan"           // NaN where the op needs a number
	OutOfRange Code = "out_of_range"  // a number outside what the model covers
	Unseen     Code = "unseen_label"  // a label, key or category that the model does not know
	Invalid    Code = "invalid_value" // any other value that MLeap refuses
	Size       Code = "size_mismatch" // a vector of another size than the model's
	Cast       Code = "cast"          // a value that cannot be converted to the port's type
	StepLimit  Code = "step_limit"    // a row that would take too long
	File       Code = "file"          // no row, but a file that cannot be read; no op gives it
	NotUTF8    Code = "not_utf8"      // text that other programs could not read; no op gives it
	Folder     Code = "folder"        // a partition value that cannot be a folder; no op gives it
	Malformed  Code = "malformed"     // text that cannot be read as a row; no op gives it
)

// Codes lists every code.
var Codes = []Code{Null, NaN, OutOfRange, Unseen, Invalid, Size, Cast, StepLimit, File, NotUTF8, Folder, Malformed}

// Reject reports that row failed because of the value in input port port (-1
// if no single one is to blame). The first report for a row wins, so a kernel
// may see, and report again, a row that an earlier node has rejected.
func (b *Batch) Reject(row, port int, c Code, format string, args ...any) {
	if _, dup := b.bad[row]; dup {
		return
	}
	msg := format
	if len(args) > 0 {
		msg = fmt.Sprintf(format, args...)
	}
	b.Add(row, Reject{Code: c, Msg: msg, Step: b.Step, Port: port})
}

// Drop reports that row is skipped by the model's own rule.
func (b *Batch) Drop(row, port int, c Code) {
	b.Add(row, Reject{Code: c, Drop: true, Step: b.Step, Port: port})
}

// Add reports r for row, unless something was reported for it before.
func (b *Batch) Add(row int, r Reject) {
	if _, dup := b.bad[row]; dup {
		return
	}
	if b.bad == nil {
		b.bad = make(map[int]Reject)
	}
	b.bad[row] = r
}

// Replace reports r for row, whatever was reported for it before.
func (b *Batch) Replace(row int, r Reject) {
	delete(b.bad, row)
	b.Add(row, r)
}

// Rejected returns what was reported for row.
func (b *Batch) Rejected(row int) (Reject, bool) {
	r, ok := b.bad[row]
	return r, ok
}

// Rejects returns the number of rows reported so far.
func (b *Batch) Rejects() int { return len(b.bad) }
