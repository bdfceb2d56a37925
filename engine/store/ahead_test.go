package store

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
)

// counted is a Reader over bytes that counts reads, and fails on demand.
type counted struct {
	*bytes.Reader
	mu    sync.Mutex
	reads int
	fail  error
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
	if c.fail != nil {
		return 0, c.fail
	}
	return c.Reader.ReadAt(p, off)
}

func (c *counted) Close() error { return nil }

func TestReadingAheadGivesTheSameBytesInFewerReads(t *testing.T) {
	data := make([]byte, 9<<20+123)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	c := &counted{Reader: bytes.NewReader(data)}
	got, err := io.ReadAll(io.NewSectionReader(Ahead(c), 0, c.Size()))
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("front to back: %d bytes, %v", len(got), err)
	}
	if c.reads > 12 {
		t.Errorf("%d reads for %d bytes", c.reads, len(data))
	}
	a := Ahead(c)
	for range 300 {
		off, n := rng.Int64N(c.Size()), rng.IntN(700<<10)
		p := make([]byte, n)
		m, err := a.ReadAt(p, off)
		want := data[off:min(off+int64(n), c.Size())]
		if m != len(want) || !bytes.Equal(p[:m], want) || (err != nil) != (m < n) {
			t.Fatalf("%d bytes at %d: %d, %v", n, off, m, err)
		}
	}
}

func TestReadingAheadGoesOnAfterAnError(t *testing.T) {
	c := &counted{Reader: bytes.NewReader(make([]byte, 1<<20)), fail: errors.New("down")}
	a := Ahead(c)
	p := make([]byte, 100)
	if _, err := a.ReadAt(p, 0); !errors.Is(err, c.fail) {
		t.Errorf("%v, want the error of the store", err)
	}
	c.mu.Lock()
	c.fail = nil
	c.mu.Unlock()
	if n, err := a.ReadAt(p, 0); n != len(p) || err != nil {
		t.Errorf("after it: %d bytes, %v", n, err)
	}
}
