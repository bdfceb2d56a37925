package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// httpBucket is a read-only bucket over plain HTTP: enough of a driver to have a
// real network between the store and its objects.
type httpBucket struct {
	driver.Bucket // the methods that reading does not need
	url           string
}

// overHTTP returns a store over a server with the given handler. Without one,
// the server answers sizes, and bodies only once the channel is closed.
func overHTTP(t *testing.T, opts Options, handler http.HandlerFunc) (*Store, chan struct{}) {
	t.Helper()
	hang := make(chan struct{})
	if handler == nil {
		handler = func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.Header().Set("Content-Length", "100")
				return
			}
			<-hang
		}
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return overBucket(blob.NewBucket(&httpBucket{url: server.URL}), opts), hang
}

var errStatus = errors.New("unexpected status")

func (b *httpBucket) do(ctx context.Context, method, key, ranges string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, b.url+"/"+key, nil)
	if err != nil {
		return nil, err
	}
	if ranges != "" {
		req.Header.Set("Range", ranges)
	}
	res, err := http.DefaultClient.Do(req)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s: %w", res.Status, errors.Join(errStatus, res.Body.Close()))
	}
	return res, err
}

func (b *httpBucket) Attributes(ctx context.Context, key string) (*driver.Attributes, error) {
	res, err := b.do(ctx, http.MethodHead, key, "")
	if err != nil {
		return nil, err
	}
	return &driver.Attributes{Size: res.ContentLength}, res.Body.Close()
}

func (b *httpBucket) NewRangeReader(ctx context.Context, key string, off, length int64, _ *driver.ReaderOptions) (driver.Reader, error) {
	res, err := b.do(ctx, http.MethodGet, key, fmt.Sprintf("bytes=%d-%d", off, off+length-1))
	if err != nil {
		return nil, err
	}
	return &httpReader{ReadCloser: res.Body, size: res.ContentLength}, nil
}

func (b *httpBucket) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
func (b *httpBucket) ErrorAs(error, any) bool            { return false }
func (b *httpBucket) Close() error                       { return nil }

type httpReader struct {
	io.ReadCloser
	size int64
}

func (r *httpReader) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{Size: r.size}
}
func (r *httpReader) As(any) bool { return false }
