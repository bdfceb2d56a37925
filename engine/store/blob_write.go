package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"gocloud.dev/blob"
)

const (
	// partBytes is how large the parts of an upload are, and how much of an
	// object is held back: one that is not larger is uploaded in one request.
	// An object can have 10,000 parts where the store is S3.
	partBytes = 8 << 20
	// partsAtOnce is how many parts of an object are under way.
	partsAtOnce = 4
	// uploadStep is how much is written at once: it must get through within
	// the time that a store may take for a sign of life.
	uploadStep = 1 << 20
)

// blobWriter uploads while it is written. The store shows the object at Commit
// only, and never if the context was cancelled before. A small object is
// uploaded at Commit, as often as need be; the parts of a large one are repeated
// by the clients of the stores.
type blobWriter struct {
	d     *blobDriver
	ctx   context.Context
	name  string
	excl  bool
	size  int64
	small []byte // all that was written, until there is an upload
	up    *upload
	ended bool
}

// upload is an upload under way.
type upload struct {
	w     *blob.Writer
	watch *watch
}

func (d *blobDriver) Create(ctx context.Context, name string, excl bool) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &blobWriter{d: d, ctx: ctx, name: name, excl: excl}, nil
}

func (w *blobWriter) begin() (*upload, error) {
	ctx, watch := w.d.watch(w.ctx)
	watch.pause()
	bw, err := w.d.bucket.NewWriter(ctx, w.name, &blob.WriterOptions{
		ContentType:    "application/octet-stream",
		IfNotExist:     w.excl,
		BufferSize:     partBytes,
		MaxConcurrency: partsAtOnce,
	})
	if err != nil {
		watch.end()
		return nil, err
	}
	return &upload{bw, watch}, nil
}

func (u *upload) write(p []byte) (n int, err error) {
	defer u.watch.pause()
	for n < len(p) && err == nil {
		u.watch.progress()
		var m int
		m, err = u.w.Write(p[n:min(len(p), n+uploadStep)])
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
	if err := u.w.Close(); err != nil {
		return u.watch.explain(err)
	}
	return nil
}

func (u *upload) abort() {
	u.watch.end()
	_ = u.w.Close() // cancelled, so that it publishes nothing
}

func (w *blobWriter) Write(p []byte) (n int, err error) {
	if w.ended {
		return 0, io.ErrClosedPipe
	}
	if w.up == nil {
		if len(w.small)+len(p) <= partBytes {
			w.small = append(w.small, p...)
			w.size += int64(len(p))
			return len(p), nil
		}
		if w.up, err = w.begin(); err != nil {
			return 0, w.wrap(err)
		}
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
	if err := w.up.commit(commitPatience); err != nil {
		return w.wrap(err)
	}
	o, err := w.d.Stat(w.ctx, w.name)
	if err == nil && o.Size != w.size {
		err = fmt.Errorf("%s: has %d bytes after the upload, want %d", w.d.URL(w.name), o.Size, w.size)
	}
	return err
}

// commitSmall uploads the object until it works.
func (w *blobWriter) commitSmall() error {
	tries := 0
	err := w.d.retry(w.ctx, func() error {
		tries++
		u, err := w.begin()
		if err != nil {
			return err
		}
		if _, err := u.write(w.small); err != nil {
			u.abort()
			return err
		}
		return u.commit(1)
	})
	err = w.wrap(err)
	if tries > 1 && errors.Is(err, ErrExists) && w.isOurs() {
		return nil // an earlier try worked, and its answer was lost
	}
	return err
}

// isOurs reports whether the object has the content that was written.
func (w *blobWriter) isOurs() bool {
	st := New(w.d)
	o, err := st.Stat(w.ctx, w.name)
	if err != nil || o.Size != int64(len(w.small)) {
		return false
	}
	data, err := st.ReadFile(w.ctx, w.name)
	return err == nil && bytes.Equal(data, w.small)
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
