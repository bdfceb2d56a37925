package booster

import (
	"bytes"
	"runtime"
	"sync"
)

// trees cuts the array into its values, and has them read by several goroutines
// while it reads on: a model of a GB is not held as text.
func (r *jsonReader) trees(each func(r reader) error) error {
	workers := runtime.GOMAXPROCS(0)
	parts := make(chan *jsonReader, workers)
	free := make(chan []byte, 2*workers+1)
	for range cap(free) {
		free <- nil
	}
	var w sync.WaitGroup
	var fault firstError
	for range workers {
		w.Go(func() {
			for p := range parts {
				if fault.get() == nil {
					fault.set(each(p))
				}
				free <- p.buf[:0]
			}
		})
	}
	err := r.array(func(int) error {
		if err := fault.get(); err != nil {
			return err
		}
		p, err := r.cut(<-free)
		if err == nil {
			parts <- p
		}
		return err
	})
	close(parts)
	w.Wait()
	if f := fault.get(); f != nil {
		return f
	}
	return err
}

// cut takes the next value off as a part of its own, in the memory of into. The
// value is looked through for its end only.
func (r *jsonReader) cut(into []byte) (*jsonReader, error) {
	if r.peek() != '{' {
		return nil, r.expect('{')
	}
	base := r.base + int64(r.at)
	out, depth := into, 0
	for {
		n, done, err := r.braces(&depth)
		if err != nil {
			return nil, err
		}
		out = append(out, r.buf[r.at:r.at+n]...)
		r.at += n
		if done {
			return partJSON(out, base), nil
		}
		if r.at == len(r.buf) && !r.more() {
			return nil, r.short()
		}
	}
}

// braces returns how many bytes of the window belong to the value: up to its last
// brace, or to a text, or to the end of the window.
func (r *jsonReader) braces(depth *int) (n int, done bool, err error) {
	rest := r.buf[r.at:]
	var next [3]int // of " { }
	for i := range next {
		next[i] = -1
	}
	for {
		for i, c := range []byte{'"', '{', '}'} {
			if next[i] < n {
				if next[i] = bytes.IndexByte(rest[n:], c); next[i] < 0 {
					next[i] = len(rest)
				} else {
					next[i] += n
				}
			}
		}
		at := min(next[0], next[1], next[2])
		switch {
		case at == len(rest):
			return at, false, nil
		case at == next[0]:
			end := endOfText(rest[at+1:])
			if end < 0 { // the text goes on behind the window
				if at > 0 {
					return at, false, nil
				}
				return 0, false, r.longText()
			}
			n = at + 1 + end + 1
		case at == next[1]:
			if *depth++; *depth > maxDepth {
				return 0, false, errDeep
			}
			n = at + 1
		default:
			n = at + 1
			if *depth--; *depth == 0 {
				return n, true, nil
			}
		}
	}
}

// longText brings the rest of a text, which stands at the start, into the window.
func (r *jsonReader) longText() error {
	if !r.more() {
		return r.short()
	}
	return nil
}

// endOfText returns where a text ends, or -1.
func endOfText(b []byte) int {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], '"')
		if i < 0 {
			return -1
		}
		if from += i; !escaped(b[:from]) {
			return from
		}
		from++
	}
}

// firstError keeps the first error of several goroutines.
type firstError struct {
	mu  sync.Mutex
	err error
}

func (f *firstError) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

func (f *firstError) get() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
