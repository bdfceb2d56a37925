package files

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"leapscore/sources"
	"leapscore/sources/arrow"
)

// openStdin reads rows from a stream: an Arrow IPC stream, CSV or JSON lines.
func openStdin(ctx context.Context, opt sources.Options) (sources.Source, error) {
	in := bufio.NewReaderSize(opt.Stdin, 64<<10)
	if opt.Format == "" {
		f, err := sniffStdin(in)
		if err != nil {
			return nil, &sources.FileError{Name: sources.StreamName, Err: err}
		}
		opt.Format = f
	}
	f := formats[opt.Format]
	if f.stream == nil {
		return nil, &sources.FileError{Name: sources.StreamName, Err: fmt.Errorf(
			"format %q cannot be read from a stream, want %s, %s or %s", opt.Format, sources.ArrowStream, sources.CSV, sources.JSON)}
	}
	src, err := f.stream(ctx, in, opt)
	if err != nil || f.text {
		return src, err
	}
	return &utf8Source{src, sources.StreamName}, nil
}

// sniffStdin tells the format from the first bytes. JSON lines have to be
// asked for, as a header of CSV may look like them.
func sniffStdin(in *bufio.Reader) (sources.Format, error) {
	head, err := in.Peek(4)
	switch {
	case len(head) == 0 && err == io.EOF:
		return "", errors.New("is empty, want an Arrow IPC stream or CSV")
	case err != nil && err != io.EOF:
		return "", err
	case bytes.HasPrefix(head, []byte{0xff, 0xff, 0xff, 0xff}):
		return sources.ArrowStream, nil
	case bytes.HasPrefix(arrow.Magic, head) && len(head) == 4:
		return "", errors.New("is an Arrow IPC file, want an Arrow IPC stream or CSV")
	case bytes.Equal(head, []byte("PAR1")):
		return "", errors.New("is Parquet, want an Arrow IPC stream or CSV")
	}
	return sources.CSV, nil
}
