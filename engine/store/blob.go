package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
	"golang.org/x/sync/errgroup"
)

// blobDriver is a bucket of an object store. Package store/cloud, if the program
// imports it, adds S3, Google Cloud Storage and Azure Blob Storage.
type blobDriver struct {
	bucket Bucket
	keys   Keys
	scheme string
	prefix string // of URLs
	opts   Options
}

// openBlob opens scheme://bucket/key?parameters. The parameters and the credentials
// are those that gocloud documents for the scheme; see CutParameters for the key.
func openBlob(ctx context.Context, where string, opts Options) (*Store, string, error) {
	place, params := CutParameters(where)
	scheme, rest, _ := strings.Cut(place, "://")
	host, name, _ := strings.Cut(rest, "/")
	if !blob.DefaultURLMux().ValidBucketScheme(scheme) {
		return nil, "", fmt.Errorf("%s: scheme %q, want a path, file, %s",
			where, scheme, strings.Join(blob.DefaultURLMux().BucketSchemes(), ", "))
	}
	if host == "" {
		return nil, "", fmt.Errorf("%s: there is no bucket in it, want %s://BUCKET/PATH", where, scheme)
	}
	open := keysOf[scheme].Open
	if open == nil {
		open = blob.DefaultURLMux().OpenBucketURL
	}
	u := &url.URL{Scheme: scheme, Host: host, RawQuery: params}
	bucket, err := open(ctx, u)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", where, explain(scheme, err))
	}
	d := &blobDriver{
		bucket: Bucket{bucket, host}, keys: keysOf[scheme], scheme: scheme, prefix: scheme + "://" + host + "/", opts: opts,
	}
	if shown := d.keys.Shown; shown != nil {
		d.prefix = cmp.Or(shown(u), d.prefix)
	}
	return New(d), strings.TrimPrefix(name, "/"), nil
}

func (d *blobDriver) URL(name string) string { return d.prefix + name }

func (d *blobDriver) Close() error { return d.bucket.Close() }

func (d *blobDriver) List(ctx context.Context, prefix string, deep bool, fn func(Object) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	opts := &blob.ListOptions{Prefix: prefix, BeforeList: d.before(prefix, false)}
	if !deep {
		opts.Delimiter = "/"
	}
	it := d.bucket.List(opts)
	for {
		var o *blob.ListObject
		var end bool
		err := d.call(ctx, func(ctx context.Context) (err error) {
			// Only the first object of a page is a request. If it fails, the next
			// call asks for the same page.
			if o, err = it.Next(ctx); err == io.EOF {
				end, err = true, nil
			}
			return err
		})
		switch {
		case err != nil && gcerrors.Code(err) == gcerrors.NotFound:
			return fmt.Errorf("%s: %w", strings.TrimSuffix(d.prefix, "/"), ErrNoBucket)
		case err != nil:
			return d.wrap(ctx, prefix, err)
		case end:
			return nil
		case !o.IsDir && strings.HasSuffix(o.Key, "/"):
			continue // an empty object by which tools mark folders
		}
		entry := Object{Name: o.Key, Size: o.Size}
		if d.keys.Listed != nil {
			entry.Name = d.keys.Listed(o)
		}
		if !o.IsDir {
			entry.ETag = Tag(o.MD5, o.ModTime, o.Size)
		}
		if err := fn(entry); err != nil {
			return err
		}
	}
}

// Tag is made of what both a listing and the attributes of an object have.
func Tag(md5 []byte, modified time.Time, size int64) string {
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
	err := d.call(ctx, func(ctx context.Context) (err error) {
		o, err = d.stat(ctx, name)
		return err
	})
	return o, d.wrap(ctx, name, d.withReason(ctx, name, err))
}

// withReason asks for one byte of an object whose attributes were refused, because the
// answer to a HEAD request has no text that says why.
func (d *blobDriver) withReason(ctx context.Context, name string, err error) error {
	if code := status(err); code < 300 || code >= 500 || code == http.StatusNotFound {
		return err
	}
	ctx, watch := d.watch(ctx)
	defer watch.end()
	r, reason := d.bucket.NewRangeReader(ctx, name, 0, 1, &blob.ReaderOptions{BeforeRead: d.before(name, false)})
	if reason == nil {
		r.Close() // nothing was to be read
	}
	if status(reason) < 300 {
		return err
	}
	return reason
}

func (d *blobDriver) Delete(ctx context.Context, name string) error {
	tries := 0
	err := d.call(ctx, func(ctx context.Context) error {
		tries++
		err := d.bucket.DeleteWithOptions(ctx, name, &blob.DeleteOptions{BeforeDelete: d.before(name, false)})
		if tries > 1 && gcerrors.Code(err) == gcerrors.NotFound {
			return nil // an earlier attempt worked, and its answer was lost
		}
		return err
	})
	return d.wrap(ctx, name, err)
}

// wrap adds the object's URL, and turns gocloud's codes into this package's errors.
func (d *blobDriver) wrap(ctx context.Context, name string, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%s: %w", d.URL(name), cause)
	}
	if stalled(err) {
		return fmt.Errorf("%s: %w", d.URL(name), err)
	}
	if errors.Is(err, ErrNotExist) {
		return fmt.Errorf("%s: %w", d.URL(name), ErrNotExist)
	}
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return fmt.Errorf("%s: %w", d.URL(name), ErrNotExist)
	case gcerrors.FailedPrecondition, gcerrors.AlreadyExists:
		return fmt.Errorf("%s: %w", d.URL(name), ErrExists)
	}
	return fmt.Errorf("%s: %w", d.URL(name), explain(d.scheme, err))
}

// blobReader reads ranges. It keeps the context of Open, because io.ReaderAt takes
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
	return d.OpenListed(ctx, o)
}

// OpenListed implements ListedOpener.
func (d *blobDriver) OpenListed(ctx context.Context, o Object) (Reader, error) {
	r := &blobReader{d: d, name: o.Name, size: o.Size}
	r.ctx, r.stop = context.WithCancel(ctx)
	return r, nil
}

func (r *blobReader) Size() int64 { return r.size }

func (r *blobReader) Close() error {
	r.stop()
	return nil
}

// A large read is made as several at once, because one connection to an object
// store has a fraction of the network's speed.
const (
	readPiece = 4 << 20
	readWidth = 8
)

func (r *blobReader) ReadAt(p []byte, off int64) (int, error) {
	if off >= r.size {
		return 0, io.EOF
	}
	want := int(min(int64(len(p)), r.size-off))
	var n int
	var err error
	if want < 2*readPiece {
		n, err = r.readFull(r.ctx, p[:want], off)
	} else {
		n, err = r.readPieces(p[:want], off)
	}
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// readPieces fills p by several reads at once. With an error n is 0, because p may
// have holes.
func (r *blobReader) readPieces(p []byte, off int64) (n int, err error) {
	g, ctx := errgroup.WithContext(r.ctx)
	g.SetLimit(readWidth)
	for from := 0; from < len(p); from += readPiece {
		piece := p[from:min(from+readPiece, len(p))]
		g.Go(func() error {
			_, err := r.readFull(ctx, piece, off+int64(from))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	return len(p), nil
}

// readFull fills p.
func (r *blobReader) readFull(ctx context.Context, p []byte, off int64) (n int, err error) {
	for n < len(p) {
		// A retry asks for the rest only.
		before := n
		err := r.d.retry(ctx, func() error {
			m, err := r.readRange(ctx, p[n:], off+int64(n))
			n += m
			if n > before && !stalled(err) {
				return nil
			}
			return err
		})
		if err != nil {
			return n, r.d.wrap(ctx, r.name, err)
		}
	}
	return n, nil
}

// readRange reads until p is full, the body ends or nothing comes for too long.
func (r *blobReader) readRange(ctx context.Context, p []byte, off int64) (n int, err error) {
	ctx, watch := r.d.watch(ctx)
	defer watch.end()
	body, err := r.d.bucket.NewRangeReader(ctx, r.name, off, int64(len(p)), &blob.ReaderOptions{BeforeRead: r.d.before(r.name, false)})
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
