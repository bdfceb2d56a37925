package text

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// surveyBytes is how much text one look at a file takes at once.
const surveyBytes = 4 << 20

// surveyMostKeys bounds the columns of a source, which are all in memory.
const surveyMostKeys = 100_000

// place is where something was seen first: the order of places is that of the
// lines and, within one, of the columns.
type place struct {
	file int
	line int64
	key  int
}

func (p place) before(q place) bool {
	switch {
	case p.file != q.file:
		return p.file < q.file
	case p.line != q.line:
		return p.line < q.line
	}
	return p.key < q.key
}

// sighted is an example of a value.
type sighted struct {
	place
	text string // "" if there is none
}

func (s *sighted) join(other sighted) {
	if other.text != "" && (s.text == "" || other.before(s.place)) {
		*s = other
	}
}

// seenColumn is what the values of one column have in common.
type seenColumn struct {
	first   place
	scalars kindSet // of values that are no lists
	elems   kindSet // of the elements of lists
	list    bool
	long    sighted // an integer that no double holds
	double  sighted // a number that makes the column one of doubles
}

func (c *seenColumn) join(other *seenColumn) {
	if other.first.before(c.first) {
		c.first = other.first
	}
	c.scalars |= other.scalars
	c.elems |= other.elems
	c.list = c.list || other.list
	c.long.join(other.long)
	c.double.join(other.double)
}

// see adds one value of a kind. Its text is kept if it may be needed to say why
// the column has no type.
func (c *seenColumn) see(k kindSet, text []byte, at place) kindSet {
	if k&kindsLong != 0 && c.long.text == "" {
		c.long = sighted{at, string(text)}
	}
	if k&kindsDouble != 0 && c.double.text == "" {
		c.double = sighted{at, string(text)}
	}
	return k
}

// survey is what a look at all rows of a file, or of some, has found. The order
// in which the rows were looked at makes no difference.
type survey struct{ columns map[string]*seenColumn }

func newSurvey() *survey { return &survey{columns: make(map[string]*seenColumn)} }

// column returns the column of a name that was seen at a place.
func (s *survey) column(name string, at place) (*seenColumn, error) {
	c := s.columns[name]
	if c == nil {
		if len(s.columns) == surveyMostKeys {
			return nil, fmt.Errorf("more than %d different keys, which are no columns", surveyMostKeys)
		}
		c = &seenColumn{first: at}
		s.columns[name] = c
	}
	return c, nil
}

// join adds what was seen in the file with the given number.
func (s *survey) join(other *survey, file int) error {
	for name, o := range other.columns {
		moved := *o
		moved.first.file, moved.long.file, moved.double.file = file, file, file
		c, err := s.column(name, moved.first)
		if err != nil {
			return err
		}
		c.join(&moved)
	}
	return nil
}

// surveyOf is the key of the survey of a file, by its name, among what was seen.
type surveyOf string

// surveyor looks at blocks of text. It is used by one goroutine.
type surveyor interface {
	// look adds the rows of a block to what was seen in its file.
	look(b block, into *survey) error
}

// lineError is an error in a line of a file.
type lineError struct {
	at  place
	err error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d, %v", e.at.line, e.err) }

func (e *lineError) Unwrap() error { return e.err }

// surveyFiles looks at all rows of all files.
func (s *source) surveyFiles(ctx context.Context, begin func() surveyor) (*survey, error) {
	all := newSurvey()
	if s.seen != nil {
		if known, err := s.known(all); known || err != nil {
			return all, err
		}
	}
	each, err := s.surveyEach(ctx, begin)
	if err != nil {
		return nil, err
	}
	if s.seen == nil {
		return each[0], nil
	}
	for i, one := range each {
		s.seen.Store(surveyOf(s.files[i].Name), one)
		if err := all.join(one, i); err != nil {
			return nil, &sources.FileError{Name: s.files[i].Name, Err: err}
		}
	}
	return all, nil
}

// known takes the surveys that were made before, if there is one of every file.
func (s *source) known(all *survey) (bool, error) {
	surveys := make([]*survey, len(s.files))
	for i, f := range s.files {
		one, ok := s.seen.Load(surveyOf(f.Name))
		if !ok {
			return false, nil
		}
		surveys[i] = one.(*survey)
	}
	for i, f := range s.files {
		if err := all.join(surveys[i], i); err != nil {
			return true, &sources.FileError{Name: f.Name, Err: err}
		}
	}
	return true, nil
}

// surveyRun is one pass that several goroutines make.
type surveyRun struct {
	scan *blockScan
	keep bool // what was seen in each file, not in all of them

	mu   sync.Mutex
	each []*survey // one, unless keep
	err  error
	at   place // of err
}

// surveyEach reads the text once. The cutting of records is done by one
// goroutine at a time, all else at once.
func (s *source) surveyEach(ctx context.Context, begin func() surveyor) ([]*survey, error) {
	src := *s
	src.limits = limits{math.MaxInt, surveyBytes, readBytes}
	run := &surveyRun{scan: &blockScan{src: &src, ctx: ctx}, keep: s.seen != nil, each: []*survey{newSurvey()}}
	if run.keep {
		run.each = make([]*survey, len(s.files))
		for i := range run.each {
			run.each[i] = newSurvey()
		}
	}
	defer run.scan.Close()
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() { run.work(begin()) })
	}
	wg.Wait()
	return run.each, run.err
}

// work looks at blocks until there are none or one is wrong. As blocks are
// handed out in order, the first error by place is that of the first wrong line,
// however many goroutines there are.
func (r *surveyRun) work(look surveyor) {
	mine := newSurvey()
	for {
		blocks, err := r.next()
		for _, b := range blocks {
			lookErr := look.look(b, mine)
			scan.Buffers.Put(b.data)
			if lookErr != nil {
				r.fail(b.file, lookErr)
			} else if r.keep {
				r.flush(mine, b.file)
				mine = newSurvey()
			}
		}
		if err != nil {
			r.flush(mine, 0)
			return
		}
	}
}

// next returns the blocks to look at next, or an error if there are no more.
func (r *surveyRun) next() ([]block, error) {
	r.scan.mu.Lock()
	defer r.scan.mu.Unlock()
	if r.scan.err != nil {
		return nil, r.scan.err
	}
	r.mu.Lock()
	failed := r.err
	r.mu.Unlock()
	if failed != nil {
		return nil, failed
	}
	blocks, err := r.scan.read()
	if err != nil {
		r.scan.err = err
		if file := (*sources.FileError)(nil); errors.As(err, &file) {
			r.fail(r.scan.at, file.Err)
		} else if r.scan.ctx.Err() != nil {
			r.fail(r.scan.at, err)
		}
	}
	return blocks, err
}

// fail notes an error of a file, unless one of an earlier place is known.
func (r *surveyRun) fail(file int, err error) {
	at := place{file: file, line: math.MaxInt64}
	if line := (*lineError)(nil); errors.As(err, &line) {
		at = line.at
		at.file = file
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil || at.before(r.at) {
		r.at, r.err = at, &sources.FileError{Name: r.scan.src.files[file].Name, Err: err}
	}
}

// flush adds what one goroutine has seen to what is known of all files, or of
// one.
func (r *surveyRun) flush(mine *survey, file int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	into := r.each[0]
	if r.keep {
		into = r.each[file]
	}
	for name, o := range mine.columns {
		c, err := into.column(name, o.first)
		if err != nil {
			if r.err == nil {
				r.at, r.err = o.first, &sources.FileError{Name: r.scan.src.files[o.first.file].Name, Err: err}
			}
			return
		}
		c.join(o)
	}
}
