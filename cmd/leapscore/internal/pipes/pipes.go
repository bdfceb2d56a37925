// Package pipes reads and writes pipes with few calls of the system.
package pipes

import (
	"io"
	"os"
)

// Reader is an open file that may be a pipe.
type Reader struct{ f *os.File }

// NewReader returns a reader of f, whose pipe, if it is one, it makes larger.
func NewReader(f *os.File) *Reader {
	enlarge(f)
	return &Reader{f}
}

func (r *Reader) Read(p []byte) (int, error) { return r.f.Read(p) }

// Ready reports whether there is something to read. It may say no where that cannot be
// known.
func (r *Reader) Ready() bool { return ready(r.f) }

// Enlarge makes a pipe larger, if w is one.
func Enlarge(w io.Writer) {
	if f, ok := w.(*os.File); ok {
		enlarge(f)
	}
}

// WriteBuffers writes buffers one after the other.
func WriteBuffers(w io.Writer, buffers [][]byte) error {
	if f, ok := w.(*os.File); ok {
		return writeAll(f, buffers)
	}
	return writeEach(w, buffers)
}

func writeEach(w io.Writer, buffers [][]byte) error {
	for _, b := range buffers {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
