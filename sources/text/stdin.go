package text

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"leapscore/engine/store"
	"leapscore/sources"
)

// OpenStream reads the header of CSV, or the first rows of JSON lines. The rows
// can be read once.
func OpenStream(ctx context.Context, stream io.Reader, opt sources.Options) (sources.Source, error) {
	in := bufio.NewReaderSize(stream, 64<<10)
	s := newSource([]store.Object{{Name: sources.StreamName}}, opt)
	text, _, err := s.plain(in, "")
	if opt.Format == sources.JSON && errors.Is(err, errNoBytes) {
		opt.Warn("standard input has no bytes, and so no rows")
		text, err = in, nil
	}
	if err != nil {
		return nil, &sources.FileError{Name: sources.StreamName, Err: err}
	}
	if opt.Format == sources.JSON {
		s.ends[0] = jsonEnd(text)
	}
	s.once = &replayed{in: text}
	if err := s.openText(ctx, opt); err != nil {
		return nil, err
	}
	s.once.sealed = true
	return s, nil
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
		return nil, sources.ErrReadOnce
	}
	if !r.sealed {
		return &openFile{Reader: &replayReader{r: r}, close: func() {}}, nil
	}
	r.used = true
	seen := r.seen
	r.seen = nil
	return &openFile{Reader: io.MultiReader(bytes.NewReader(seen), r.in), close: func() {}}, nil
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
