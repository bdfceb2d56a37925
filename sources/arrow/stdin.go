package arrow

import (
	"context"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/internal/messages"
	"leapscore/sources/internal/scan"
)

// OpenStream reads the schema of a stream. Its rows can be read once.
func OpenStream(_ context.Context, in io.Reader, opt sources.Options) (sources.Source, error) {
	st, err := messages.NewReader(in)
	if err != nil {
		return nil, &sources.FileError{Name: sources.StreamName, Err: err}
	}
	files := []store.Object{{Name: sources.StreamName}}
	s, err := scan.NewBlockSource(files, []*arrow.Schema{plainSchema(st.Schema())}, &openedStream{in: st}, opt)
	if err != nil {
		return nil, err
	}
	s.Refuse(checkType)
	return s, nil
}

// openedStream is the format of the one stream that was opened already.
type openedStream struct {
	mu sync.Mutex
	in *ipc.Reader
}

func (f *openedStream) OpenFile(_ context.Context, _ int, cols []arrow.Field) (scan.BlockFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	in := f.in
	if f.in = nil; in == nil {
		return nil, sources.ErrReadOnce
	}
	return &batchStream{in: in, cols: cols, close: func() error { return nil }}, nil
}
