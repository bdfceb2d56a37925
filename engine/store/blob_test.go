package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"
)

// open returns a driver over a bucket.
func overBucket(b *blob.Bucket, opts Options) *Store {
	opts.pause = time.Millisecond
	return New(&blobDriver{bucket: Bucket{b, "bucket"}, prefix: "mem://bucket/", opts: opts.withDefaults()})
}

// NewBlobForTest is what the conformance test opens.
func NewBlobForTest(b *blob.Bucket) Driver { return keepOpen{overBucket(b, Options{}).Driver} }

// keepOpen lets many stores share a bucket.
type keepOpen struct{ Driver }

func (keepOpen) Close() error { return nil }

func TestBucketURLs(t *testing.T) {
	st, name, err := Open(t.Context(), "mem://bucket/a/b?c %3F#/*.parquet?nomd5")
	if err != nil {
		t.Fatal(err)
	}
	if name != "a/b?c %3F#/*.parquet" || st.URL(name) != "mem://bucket/a/b?c %3F#/*.parquet" {
		t.Errorf("name %q, URL %q", name, st.URL(name))
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := Open(t.Context(), "mem://bucket/x?unknown=1"); err == nil {
		t.Error("an unknown parameter was taken")
	}
	if _, _, err := Open(t.Context(), "ftp://host/x"); err == nil || !strings.Contains(err.Error(), "mem") {
		t.Errorf("unknown scheme: %v", err)
	}
}

func TestFolderMarkersAreNoObjects(t *testing.T) {
	b := memblob.OpenBucket(nil)
	for _, key := range []string{"a/", "a/x"} {
		if err := b.WriteAll(t.Context(), key, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	var found []string
	err := overBucket(b, Options{}).List(t.Context(), "", true, func(o Object) error {
		found = append(found, o.Name)
		return nil
	})
	if err != nil || strings.Join(found, " ") != "a/x" {
		t.Errorf("found %q, %v", found, err)
	}
}

func TestCallsAreRepeatedWhileItHelps(t *testing.T) {
	for _, tt := range []struct {
		err       error
		fails     int
		wantCalls int
		wantErr   bool
	}{
		{io.ErrUnexpectedEOF, 0, 1, false},
		{io.ErrUnexpectedEOF, 2, 3, false},
		{io.ErrUnexpectedEOF, 9, 3, true},
		{&StallError{}, 1, 1, true},
		{context.Canceled, 1, 1, true},
	} {
		d := overBucket(memblob.OpenBucket(nil), Options{Retries: 2}).Driver.(*blobDriver)
		calls := 0
		err := d.retry(t.Context(), func() error {
			calls++
			if calls <= tt.fails {
				return tt.err
			}
			return nil
		})
		if calls != tt.wantCalls || (err != nil) != tt.wantErr {
			t.Errorf("%v, %d times: %d calls, %v; want %d", tt.err, tt.fails, calls, err, tt.wantCalls)
		}
	}
}

// A server that sends a part of each range, and nothing at all sometimes, is
// read to the end.
func TestTruncatedRangesAreReadOn(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 4096)
	requests := 0
	st, _ := overHTTP(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		var from, to int
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to); err != nil {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			return
		}
		requests++
		if requests%3 == 0 {
			http.Error(w, "slow down", http.StatusServiceUnavailable)
			return
		}
		body := content[from : to+1]
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, len(content)))
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = io.WriteString(w, body[:max(1, len(body)/2)])
	})
	got, err := st.ReadFile(t.Context(), "x")
	if err != nil || string(got) != content {
		t.Errorf("%d of %d bytes, %v", len(got), len(content), err)
	}
	if requests < 10 {
		t.Errorf("only %d requests", requests)
	}
}

func TestASilentStoreIsAnErrorThatNamesTheObject(t *testing.T) {
	st, hang := overHTTP(t, Options{Timeout: 50 * time.Millisecond}, nil)
	_, err := st.ReadFile(t.Context(), "x")
	var stall *StallError
	if !errors.As(err, &stall) || !strings.Contains(err.Error(), "/x: no sign of life for 50ms") {
		t.Errorf("read: %v, want a StallError", err)
	}
	close(hang)
}

// An object that is there already is an earlier attempt of the same upload, whose
// answer was lost, only if it has the bytes of the upload.
func TestAnUploadWhoseAnswerWasLostHasWorked(t *testing.T) {
	for there, want := range map[string]error{"same bytes": nil, "Same bytes": ErrExists, "same": ErrExists, "same bytes, and more": ErrExists, "": ErrExists} {
		b := memblob.OpenBucket(nil)
		if err := b.WriteAll(t.Context(), "a", []byte(there), nil); err != nil {
			t.Fatal(err)
		}
		w, err := overBucket(b, Options{}).Create(t.Context(), "a", true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, "same bytes"); err != nil {
			t.Fatal(err)
		}
		if err := w.Commit(); !errors.Is(err, want) {
			t.Errorf("upload over %q: %v, want %v", there, err, want)
		}
		if got, err := b.ReadAll(t.Context(), "a"); err != nil || string(got) != there {
			t.Errorf("upload over %q left %q, %v", there, got, err)
		}
	}
}

func TestKeysThatAStoreCannotHave(t *testing.T) {
	for _, c := range []struct {
		scheme, name string
		ok           bool
	}{
		{"s3", "a/é/" + strings.Repeat("x", maxKey-5), true},
		{"s3", "a/é/" + strings.Repeat("x", maxKey-4), false},
		{"s3", "a\x1fb", false},
		{"s3", "a\x7fb", false},
		{"s3", "a\xffb", false},
		{"s3", `a\b`, true},
		{"azblob", `a\b`, false},
		{"azblob", "a b", true},
	} {
		err := (&blobDriver{scheme: c.scheme, prefix: c.scheme + "://b/"}).CheckKey(c.name)
		if key, isKey := errors.AsType[*KeyError](err); (err == nil) != c.ok || !c.ok && (!isKey || key.Why == "") {
			t.Errorf("%s, %.20q of %d bytes: %v", c.scheme, c.name, len(c.name), err)
		}
	}
}
