package bundle

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"sync"
)

// ErrLimit is wrapped by every error that says that a bundle is larger than its
// Limits allow, as opposed to malformed.
var ErrLimit = errors.New("limit")

// Error is an error in one file of a bundle.
type Error struct {
	File string // as "root/a.node/model.json"; "" for the bundle as a whole
	Err  error
}

func (e *Error) Error() string {
	if e.File == "" {
		return e.Err.Error()
	}
	return e.File + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// inFile adds the name of the file to err.
func inFile(name string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{File: name, Err: err}
}

// Limits bound what opening and reading a bundle may cost, whoever wrote it.
// A field that is zero has the default given there. No file is read beyond
// them, and what a file declares (sizes, counts, lengths) is never believed
// before the bytes for it are seen.
type Limits struct {
	// Bytes is the size of all files of the bundle together, unpacked: 2 GiB.
	Bytes int64
	// FileBytes is the size of one file, unpacked: 512 MiB.
	FileBytes int64
	// Ratio is how many times the size of a zip its unpacked files may have,
	// if they are larger than 64 MiB: 200.
	Ratio int64
	// Files is the number of files and folders: 1,000,000.
	Files int
	// Nodes is the number of pipeline stages at all levels: 100,000.
	Nodes int
	// Nesting is the depth of pipelines in pipelines: 100.
	Nesting int
	// Values is the number of values in all model files together: 2^27, which
	// is 1 GiB of doubles. A value of a list or tensor counts one; an attribute,
	// tensor, shape or model counts 32.
	Values int
	// TreeNodes is the number of nodes of all trees together: 2^25, which is
	// 3 GiB as they are read. A value of a leaf or a category counts as one
	// tenth of a node.
	TreeNodes int
}

// Sized returns the Limits for bundles of up to so many bytes unpacked, which somebody
// has asked for: no zip is refused for its ratio, and files may hold as many values as
// they have room for. For size 0 they are the default.
func Sized(size int64) Limits {
	if size <= 0 {
		return Limits{}
	}
	d := Limits{}.withDefaults()
	return Limits{
		Bytes: size, FileBytes: size, Ratio: math.MaxInt64,
		Values: max(d.Values, int(min(size, 1<<60))*2), TreeNodes: max(d.TreeNodes, int(size/8)),
	}
}

// CheckSize returns an error if the files of a bundle may not have so many bytes.
func CheckSize(size int64, lim Limits) error {
	lim = lim.withDefaults()
	if size <= lim.Bytes {
		return nil
	}
	return advise(tooLarge(limitBytes, "%d bytes, want at most %d", size, lim.Bytes), lim, size)
}

// ratioFrom is the size below which Limits.Ratio does not apply.
const ratioFrom = 64 << 20

func (l Limits) withDefaults() Limits {
	l.Bytes = cmp.Or(l.Bytes, 2<<30)
	l.FileBytes = cmp.Or(l.FileBytes, 512<<20)
	l.Ratio = cmp.Or(l.Ratio, 200)
	l.Files = cmp.Or(l.Files, 1_000_000)
	l.Nodes = cmp.Or(l.Nodes, 100_000)
	l.Nesting = cmp.Or(l.Nesting, 100)
	l.Values = cmp.Or(l.Values, 1<<27)
	l.TreeNodes = cmp.Or(l.TreeNodes, 1<<25)
	return l
}

// budget is what a bundle may still take of one of its Limits. A file counts
// once, however often it is read. Files that are read at the same time each see
// what was left before, so what they take together may pass the limit by as
// many times as there are readers, until the first is done.
type budget struct {
	mu    sync.Mutex
	left  int
	full  error          // for what is too much
	spent map[string]int // by file
}

// open returns what a file may take.
func (b *budget) open(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left + b.spent[name]
}

// spend records what a file took.
func (b *budget) spend(name string, cost int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent == nil {
		b.spent = make(map[string]int)
	}
	b.left -= cost - b.spent[name]
	b.spent[name] = cost
	if b.left < 0 {
		return b.full
	}
	return nil
}

// tooMuch is the error for a limit passed.
func tooMuch(format string, args ...any) error {
	return fmt.Errorf("%s (%w)", fmt.Sprintf(format, args...), ErrLimit)
}

// sizeError is the error for a limit that Sized raises.
type sizeError struct {
	text string
	of   func(Limits) int64 // the limit
}

func (e *sizeError) Error() string { return e.text + " (limit)" }
func (e *sizeError) Unwrap() error { return ErrLimit }

func limitBytes(l Limits) int64     { return l.Bytes }
func limitFileBytes(l Limits) int64 { return l.FileBytes }
func limitRatio(l Limits) int64     { return l.Ratio }
func limitValues(l Limits) int64    { return int64(l.Values) }
func limitTrees(l Limits) int64     { return int64(l.TreeNodes) }

// tooLarge is the error for a limit passed that Sized raises.
func tooLarge(of func(Limits) int64, format string, args ...any) error {
	return &sizeError{fmt.Sprintf(format, args...), of}
}

// advise adds to the error for such a limit the size that lifts it, for a bundle of
// total bytes unpacked.
func advise(err error, lim Limits, total int64) error {
	e, ok := errors.AsType[*sizeError](err)
	if !ok {
		return err
	}
	need := max(total, 1<<20)
	for need < 1<<60 && (e.of(Sized(need)) <= e.of(lim) || need < total) {
		need *= 2
	}
	return fmt.Errorf("%w; --max-model-size %dMiB reads it", err, (need-1)>>20+1)
}
