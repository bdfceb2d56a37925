package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"
	"gocloud.dev/blob"
)

const (
	// partBytes is the size of the parts of an upload. A smaller object is
	// uploaded in one request at Commit. On S3 an object can have 10,000 parts.
	partBytes = 8 << 20
	// partsAtOnce is how many parts of an object are uploaded at once.
	partsAtOnce = 4
	// uploadStep is how much is written at once: it must be sent within the
	// timeout of a silent store.
	uploadStep = 1 << 20
)

// blobWriter uploads while it is written. The store shows the object at Commit
// only, and never if the context was cancelled before. A small object is
// uploaded at Commit, with retries; the clients of the stores retry the parts of a
// large one.
type blobWriter struct {
	d     *blobDriver
	ctx   context.Context
	name  string
	excl  bool
	size  int64
	sum   *xxhash.Digest
	small []byte // all that was written, until there is an upload
	up    *upload
	ended bool
}

// upload is an upload under way: gocloud reads what is written from a pipe. Its own
// Writer is not used, since that of azureblob panics when Close fails.
type upload struct {
	pipe  *io.PipeWriter
	done  chan struct{} // closed when the upload has ended
	err   error         // why it failed, once it is done
	watch *watch
	// undo is set if a failed upload removes its parts, which it could not do
	// once it was cancelled.
	undo bool
}

func (d *blobDriver) Create(ctx context.Context, name string, excl bool) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := d.CheckKey(name); err != nil {
		return nil, err
	}
	return &blobWriter{d: d, ctx: ctx, name: name, excl: excl, sum: xxhash.New()}, nil
}

func (w *blobWriter) begin() *upload {
	r, pipe := io.Pipe()
	u := &upload{pipe: pipe, done: make(chan struct{}), undo: w.d.scheme == "s3"}
	ctx, stop := w.ctx, func() bool { return true }
	if u.undo {
		stop = context.AfterFunc(ctx, func() { _ = pipe.CloseWithError(context.Cause(w.ctx)) })
		ctx = context.WithoutCancel(ctx)
	}
	ctx, u.watch = w.d.watch(ctx)
	u.watch.pause()
	go func() {
		defer close(u.done)
		defer stop()
		u.err = w.putLarge(ctx, r)
		r.CloseWithError(u.err) // so that no write waits for a reader
	}()
	return u
}

// putLarge uploads the object from r, which can be read once: retries are of parts,
// not of the whole.
func (w *blobWriter) putLarge(ctx context.Context, r io.Reader) error {
	o, opts := w.d.opts, w.options()
	if patient := uploads[w.d.scheme]; patient != nil {
		ctx, opts.BeforeWrite = patient(ctx, w.d.bucket.Bucket, Patience{
			PartBytes: partBytes, PartsAtOnce: partsAtOnce,
			Retries: max(o.Retries, 0), FirstPause: o.pause, LastPause: lastPause, Undo: o.Timeout,
		})
		opts.BeforeWrite = both(w.d.before(w.name, w.excl), opts.BeforeWrite)
	}
	return w.d.bucket.Upload(ctx, w.name, r, opts)
}

// both calls two hooks of gocloud, of which either may be nil.
func both(a, b func(as func(any) bool) error) func(as func(any) bool) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return func(as func(any) bool) error {
		if err := a(as); err != nil {
			return err
		}
		return b(as)
	}
}

func (w *blobWriter) options() *blob.WriterOptions {
	return &blob.WriterOptions{
		ContentType:    "application/octet-stream",
		IfNotExist:     w.excl,
		BufferSize:     partBytes,
		MaxConcurrency: partsAtOnce,
		BeforeWrite:    w.d.before(w.name, w.excl),
	}
}

func (u *upload) write(p []byte) (n int, err error) {
	defer u.watch.pause()
	for n < len(p) && err == nil {
		u.watch.progress()
		var m int
		m, err = u.pipe.Write(p[n:min(len(p), n+uploadStep)])
		n += m
	}
	if err != nil {
		err = u.watch.explain(err)
	}
	return n, err
}

// commit ends the upload. A store that must put parts together may be silent for
// more than one timeout.
func (u *upload) commit(timeouts int) error {
	defer u.watch.end()
	u.watch.allow(timeouts)
	_ = u.pipe.Close() // a pipe has no errors of its own
	<-u.done
	if u.err != nil {
		return u.watch.explain(u.err)
	}
	return nil
}

// abort ends the upload, and publishes nothing.
func (u *upload) abort() {
	if u.undo {
		u.watch.allow(commitPatience)
		defer u.watch.end()
	} else {
		u.watch.end() // or what has been written would be taken for all
	}
	_ = u.pipe.CloseWithError(context.Canceled)
	<-u.done
}

func (w *blobWriter) Write(p []byte) (n int, err error) {
	if w.ended {
		return 0, io.ErrClosedPipe
	}
	_, _ = w.sum.Write(p) // a hash has no errors
	if w.up == nil {
		if len(w.small)+len(p) <= partBytes {
			w.small = append(w.small, p...)
			w.size += int64(len(p))
			return len(p), nil
		}
		w.up = w.begin()
		_, err = w.up.write(w.small)
		w.small = nil
		if err != nil {
			return 0, w.wrap(err)
		}
	}
	n, err = w.up.write(p)
	w.size += int64(n)
	return n, w.wrap(err)
}

func (w *blobWriter) wrap(err error) error { return w.d.wrap(w.ctx, w.name, err) }

func (w *blobWriter) Commit() error {
	if w.ended {
		return io.ErrClosedPipe
	}
	w.ended = true
	if w.up != nil {
		return w.commitLarge()
	}
	return w.commitSmall()
}

// commitLarge ends the upload, and checks that the store has put all parts
// together, each once.
func (w *blobWriter) commitLarge() error {
	if w.ctx.Err() != nil {
		w.up.abort()
		return w.wrap(context.Cause(w.ctx))
	}
	if err := w.wrap(w.up.commit(commitPatience)); err != nil {
		return w.unlessOurs(err)
	}
	o, err := w.d.Stat(w.ctx, w.name)
	if err == nil && o.Size != w.size {
		err = fmt.Errorf("%s: has %d bytes after the upload, want %d", w.d.URL(w.name), o.Size, w.size)
	}
	return err
}

// commitSmall uploads the object until it works.
func (w *blobWriter) commitSmall() error {
	err := w.d.retry(w.ctx, func() error {
		ctx, watch := w.d.watch(w.ctx)
		defer watch.end()
		if err := w.d.bucket.Upload(ctx, w.name, bytes.NewReader(w.small), w.options()); err != nil {
			return watch.explain(err)
		}
		return nil
	})
	return w.unlessOurs(w.wrap(err))
}

// unlessOurs returns err, or nil if the object has the content that was written. Then
// an earlier attempt, maybe of the store's client, worked and its answer was lost;
// the next one found the object there, or the parts of a large one gone.
func (w *blobWriter) unlessOurs(err error) error {
	if (errors.Is(err, ErrExists) || errors.Is(err, ErrNotExist)) && w.isOurs() {
		return nil
	}
	return err
}

// isOurs reports whether the object has the content that was written.
func (w *blobWriter) isOurs() bool {
	r, err := w.d.Open(w.ctx, w.name)
	if err != nil {
		return false
	}
	sum := xxhash.New()
	if r.Size() == w.size {
		_, err = io.Copy(sum, io.NewSectionReader(r, 0, w.size))
	}
	return errors.Join(err, r.Close()) == nil && r.Size() == w.size && sum.Sum64() == w.sum.Sum64()
}

func (w *blobWriter) Abort() {
	if w.ended {
		return
	}
	w.ended = true
	if w.up != nil {
		w.up.abort()
	}
}
