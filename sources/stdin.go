package sources

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"leapscore/engine/store"
)

// stdinName is the pattern that means standard input.
const stdinName = "-"

var errReadOnce = errors.New("standard input can be read once")

// openStdin reads rows from a stream: an Arrow IPC stream, CSV or JSON lines.
func openStdin(ctx context.Context, opt Options) (Source, error) {
	in := bufio.NewReaderSize(opt.Stdin, 64<<10)
	if opt.Format == "" {
		f, err := sniffStdin(in)
		if err != nil {
			return nil, &FileError{Name: stdinName, Err: err}
		}
		opt.Format = f
	}
	files := []store.Object{{Name: stdinName}}
	switch opt.Format {
	case CSV, JSON:
		text, _, err := inflated(in, "")
		if opt.Format == JSON && errors.Is(err, errNoBytes) {
			opt.warn("standard input has no bytes, and so no rows")
			text, err = in, nil
		}
		if err != nil {
			return nil, &FileError{Name: stdinName, Err: err}
		}
		s := newTextSource(nil, files, opt)
		s.once = &replayed{in: text}
		if err := s.openText(ctx, opt); err != nil {
			return nil, err
		}
		s.once.sealed = true
		return s, nil
	case Arrow, ArrowStream:
		st, err := newArrowStream(in)
		if err != nil {
			return nil, &FileError{Name: stdinName, Err: err}
		}
		s, err := newChunkSource(files, []*arrow.Schema{arrowSchema(st.Schema())}, &stdinArrow{in: st}, opt)
		if err != nil {
			return nil, err
		}
		s.refuseArrowTypes()
		return &utf8Source{s, stdinName}, nil
	}
	return nil, &FileError{Name: stdinName, Err: fmt.Errorf(
		"format %q cannot be read from a stream, want %s, %s or %s", opt.Format, ArrowStream, CSV, JSON)}
}

// sniffStdin tells the format from the first bytes. JSON lines have to be
// asked for, as a header of CSV may look like them.
func sniffStdin(in *bufio.Reader) (Format, error) {
	head, err := in.Peek(4)
	switch {
	case len(head) == 0 && err == io.EOF:
		return "", errors.New("is empty, want an Arrow IPC stream or CSV")
	case err != nil && err != io.EOF:
		return "", err
	case bytes.HasPrefix(head, []byte{0xff, 0xff, 0xff, 0xff}):
		return ArrowStream, nil
	case bytes.HasPrefix(arrowMagic, head) && len(head) == 4:
		return "", errors.New("is an Arrow IPC file, want an Arrow IPC stream or CSV")
	case bytes.Equal(head, []byte("PAR1")):
		return "", errors.New("is Parquet, want an Arrow IPC stream or CSV")
	}
	return CSV, nil
}

// stdinArrow is the format of the one stream that was opened already.
type stdinArrow struct {
	mu sync.Mutex
	in *ipc.Reader
}

func (f *stdinArrow) open(_ context.Context, _ int, cols []arrow.Field) (chunkFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	in := f.in
	if f.in = nil; in == nil {
		return nil, errReadOnce
	}
	return &arrowStream{in: in, cols: cols, close: func() error { return nil }}, nil
}

// replayed is a stream that is looked at to learn the schema and then read
// from its beginning, once.
type replayed struct {
	in     io.Reader
	seen   []byte
	sealed bool // the schema is known
	used   bool
}

// open returns the stream from its beginning on.
func (r *replayed) open() (io.ReadCloser, error) {
	if r.used {
		return nil, errReadOnce
	}
	if !r.sealed {
		return &textFile{Reader: &replayReader{r: r}, close: func() {}}, nil
	}
	r.used = true
	seen := r.seen
	r.seen = nil
	return &textFile{Reader: io.MultiReader(bytes.NewReader(seen), r.in), close: func() {}}, nil
}

// replayReader keeps what it reads.
type replayReader struct {
	r  *replayed
	at int
}

func (p *replayReader) Read(b []byte) (int, error) {
	if p.at < len(p.r.seen) {
		n := copy(b, p.r.seen[p.at:])
		p.at += n
		return n, nil
	}
	n, err := p.r.in.Read(b)
	p.r.seen = append(p.r.seen, b[:n]...)
	p.at += n
	return n, err
}
