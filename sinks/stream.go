package sinks

import (
	"context"
	"io"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
)

// StreamName is the name of a stream in its manifest.
const StreamName = "-"

// streamRows is how many rows go to a stream at once.
const streamRows = 1 << 14

// CreateStream starts a table whose rows are written to w in order as they arrive.
// Output on a stream cannot be rolled back: a reader must check in another way, such
// as the exit code, whether it is complete. Mode has no meaning. Parquet, whose end says where the rows are, is written like the
// other formats.
func CreateStream(w io.Writer, opts Options) (Table, error) {
	if opts.GroupRows <= 0 {
		opts.GroupRows = streamRows
	}
	opts, err := opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	f, err := format.New(opts.encoding())
	if err != nil {
		return nil, err
	}
	opts.FileRows = 1<<63 - 1
	t := newTable(nil, f, stream{}, opts)
	t.create = func(context.Context, string, bool) (store.Writer, error) { return streamWriter{w}, nil }
	return t, nil
}

// stream is the publisher of CreateStream: there is nothing to do.
type stream struct{}

func (stream) name(string, int) string                  { return StreamName }
func (stream) scratch() string                          { return "" }
func (stream) shows()                                   {}
func (stream) exclusive() bool                          { return false }
func (stream) publish(context.Context, *Manifest) error { return nil }
func (stream) abort(context.Context) error              { return nil }

type streamWriter struct{ io.Writer }

func (streamWriter) Commit() error { return nil }
func (streamWriter) Abort()        {}
