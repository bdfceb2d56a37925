package sources

import (
	"context"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"leapscore/engine/store"
)

// OpenArrowStream reads the schema of a stream. Its rows can be read once.
func OpenArrowStream(_ context.Context, in io.Reader, opt Options) (Source, error) {
	st, err := newArrowStream(in)
	if err != nil {
		return nil, &FileError{Name: StreamName, Err: err}
	}
	files := []store.Object{{Name: StreamName}}
	s, err := newBlockSource(files, []*arrow.Schema{arrowSchema(st.Schema())}, &stdinArrow{in: st}, opt)
	if err != nil {
		return nil, err
	}
	s.refuse(checkArrowType)
	return s, nil
}

// stdinArrow is the format of the one stream that was opened already.
type stdinArrow struct {
	mu sync.Mutex
	in *ipc.Reader
}

func (f *stdinArrow) openFile(_ context.Context, _ int, cols []arrow.Field) (blockFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	in := f.in
	if f.in = nil; in == nil {
		return nil, ErrReadOnce
	}
	return &arrowStream{in: in, cols: cols, close: func() error { return nil }}, nil
}
