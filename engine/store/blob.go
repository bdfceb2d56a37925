package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// blobDriver is a bucket of an object store. Which stores there are depends on
// what the program imports: package store/cloud brings S3, Google Cloud Storage
// and Azure Blob Storage.
type blobDriver struct {
	bucket *blob.Bucket
	prefix string // of URLs
	opts   Options
}

// openBlob opens scheme://bucket/name?parameters. The parameters and the
// credentials are those that gocloud documents for the scheme. In the name, a
// question mark is written as %3F.
func openBlob(ctx context.Context, where string, opts Options) (*Store, string, error) {
	u, err := url.Parse(where)
	if err != nil {
		return nil, "", err
	}
	if !blob.DefaultURLMux().ValidBucketScheme(u.Scheme) {
		return nil, "", fmt.Errorf("%s: scheme %q, want a path, file, %s",
			where, u.Scheme, strings.Join(blob.DefaultURLMux().BucketSchemes(), ", "))
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path, u.RawPath = "", ""
	bucket, err := blob.DefaultURLMux().OpenBucketURL(ctx, u)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", where, err)
	}
	d := &blobDriver{bucket: bucket, prefix: u.Scheme + "://" + u.Host + "/", opts: opts}
	return New(d), name, nil
}

func (d *blobDriver) URL(name string) string { return d.prefix + name }

func (d *blobDriver) Close() error { return d.bucket.Close() }

func (d *blobDriver) List(ctx context.Context, prefix string, deep bool, fn func(Object) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	opts := &blob.ListOptions{Prefix: prefix}
	if !deep {
		opts.Delimiter = "/"
	}
	it := d.bucket.List(opts)
	for {
		o, err := it.Next(ctx)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return d.wrap(ctx, prefix, err)
		case !o.IsDir && strings.HasSuffix(o.Key, "/"):
			continue // an empty object by which tools mark folders
		}
		entry := Object{Name: o.Key, Size: o.Size}
		if !o.IsDir {
			entry.ETag = blobTag(o.MD5, o.ModTime, o.Size)
		}
		if err := fn(entry); err != nil {
			return err
		}
	}
}

// blobTag is made of what both a listing and the attributes of an object have.
func blobTag(md5 []byte, modified time.Time, size int64) string {
	if len(md5) > 0 {
		return fmt.Sprintf("%x", md5)
	}
	return strconv.FormatInt(modified.UnixNano(), 36) + "-" + strconv.FormatInt(size, 36)
}

func (d *blobDriver) Stat(ctx context.Context, name string) (Object, error) {
	if name == "" {
		return Object{}, fmt.Errorf("%s: %w", d.URL(name), ErrNotExist)
	}
	var o Object
	err := d.retry(ctx, func() error {
		a, err := d.bucket.Attributes(ctx, name)
		if err == nil {
			o = Object{Name: name, Size: a.Size, ETag: blobTag(a.MD5, a.ModTime, a.Size)}
		}
		return err
	})
	return o, d.wrap(ctx, name, err)
}

func (d *blobDriver) Delete(ctx context.Context, name string) error {
	return d.wrap(ctx, name, d.retry(ctx, func() error { return d.bucket.Delete(ctx, name) }))
}

// wrap names the object, and turns gocloud's codes into this package's errors.
func (d *blobDriver) wrap(ctx context.Context, name string, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return fmt.Errorf("%s: %w", d.URL(name), ErrNotExist)
	case gcerrors.FailedPrecondition, gcerrors.AlreadyExists:
		return fmt.Errorf("%s: %w", d.URL(name), ErrExists)
	}
	return fmt.Errorf("%s: %w", d.URL(name), err)
}

// blobReader reads ranges. It keeps the context of Open, since io.ReaderAt has
// none.
type blobReader struct {
	d    *blobDriver
	ctx  context.Context
	stop context.CancelFunc
	name string
	size int64
}

func (d *blobDriver) Open(ctx context.Context, name string) (Reader, error) {
	o, err := d.Stat(ctx, name)
	if err != nil {
		return nil, err
	}
	r := &blobReader{d: d, name: name, size: o.Size}
	r.ctx, r.stop = context.WithCancel(ctx)
	return r, nil
}

func (r *blobReader) Size() int64 { return r.size }

func (r *blobReader) Close() error {
	r.stop()
	return nil
}

func (r *blobReader) ReadAt(p []byte, off int64) (int, error) {
	if off >= r.size {
		return 0, io.EOF
	}
	want := int(min(int64(len(p)), r.size-off))
	n := 0
	for n < want {
		// What was read stays; only the rest is asked for again.
		before := n
		err := r.d.retry(r.ctx, func() error {
			m, err := r.readRange(p[n:want], off+int64(n))
			n += m
			if n > before {
				return nil
			}
			return err
		})
		if err != nil {
			return n, r.d.wrap(r.ctx, r.name, err)
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// readRange reads until p is full, the body ends or nothing comes for too long.
func (r *blobReader) readRange(p []byte, off int64) (n int, err error) {
	ctx, watch := r.d.watch(r.ctx)
	defer watch.end()
	body, err := r.d.bucket.NewRangeReader(ctx, r.name, off, int64(len(p)), nil)
	if err != nil {
		return 0, watch.explain(err)
	}
	for n < len(p) && err == nil {
		var m int
		m, err = body.Read(p[n:])
		n += m
		watch.progress()
	}
	if n < len(p) && (err == nil || err == io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if closed := body.Close(); n < len(p) {
		return n, watch.explain(errors.Join(err, closed))
	}
	return n, nil
}

// blobWriter uploads while it is written. The store shows the object at Close
// only, and never if the context was cancelled before.
type blobWriter struct {
	d     *blobDriver
	ctx   context.Context
	watch *watch
	w     *blob.Writer
	name  string
	ended bool
}

func (d *blobDriver) Create(ctx context.Context, name string, excl bool) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &blobWriter{d: d, name: name}
	w.ctx, w.watch = d.watch(ctx)
	w.watch.pause()
	var err error
	w.w, err = d.bucket.NewWriter(w.ctx, name, &blob.WriterOptions{
		ContentType: "application/octet-stream",
		IfNotExist:  excl,
	})
	if err != nil {
		w.watch.end()
		return nil, d.wrap(ctx, name, err)
	}
	return w, nil
}

// uploadStep is how much is written at once: it must get through within the
// time that a store may take for a sign of life.
const uploadStep = 1 << 20

func (w *blobWriter) Write(p []byte) (n int, err error) {
	defer w.watch.pause()
	for n < len(p) && err == nil {
		w.watch.progress()
		var m int
		m, err = w.w.Write(p[n:min(len(p), n+uploadStep)])
		n += m
	}
	if err != nil {
		err = w.d.wrap(context.Background(), w.name, w.watch.explain(err))
	}
	return n, err
}

func (w *blobWriter) Commit() error {
	if w.ended {
		return io.ErrClosedPipe
	}
	w.ended = true
	defer w.watch.end()
	w.watch.allow(commitPatience)
	if err := w.w.Close(); err != nil {
		return w.d.wrap(context.Background(), w.name, w.watch.explain(err))
	}
	return nil
}

func (w *blobWriter) Abort() {
	if w.ended {
		return
	}
	w.ended = true
	w.watch.end()
	_ = w.w.Close() // cancelled, so that it publishes nothing
}
