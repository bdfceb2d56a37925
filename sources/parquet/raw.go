package parquet

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/bits"
	"slices"

	"leapscore/sources/internal/scan"
)

const (
	// readAhead bounds the raw bytes that the readers of one row group hold:
	// below it every chunk is read whole, in few large reads; above it every
	// column has a window of its own, a power of two as buffers are.
	readAhead = 48 << 20
	minWindow = 32 << 10
	// remoteWindow is the least window where reads have a latency.
	remoteWindow = 1 << 20
	// localGap is the largest hole between two chunks that is cheaper to read
	// than to skip.
	localGap = 128 << 10
	// remoteGap is the same where reads have a latency.
	remoteGap = 512 << 10
	// maxPage bounds what a page header may ask for.
	maxPage = 1 << 30
)

// rawChunk reads the bytes of one column chunk front to back.
type rawChunk struct {
	r      io.ReaderAt
	pos    int64 // next byte to hand out
	end    int64
	buf    []byte // bytes from bufPos on
	bufPos int64
	window int
	shared bool // buf belongs to a coalesced read
}

// peek returns the next n bytes, or fewer at the end of the chunk. They stay
// valid until the next call that asks for more than is buffered.
func (c *rawChunk) peek(n int) ([]byte, error) {
	if rest := max(c.end-c.pos, 0); int64(n) > rest {
		n = int(rest)
	}
	if n == 0 {
		return nil, nil
	}
	at := int(c.pos - c.bufPos)
	if at >= 0 && at+n <= len(c.buf) {
		return c.buf[at : at+n], nil
	}
	size := int(min(int64(max(n, c.window)), c.end-c.pos))
	if c.shared {
		c.buf, c.shared = nil, false
	}
	c.buf = scan.Buffers.Grow(c.buf, size)
	c.bufPos = c.pos
	if err := readFullAt(c.r, c.buf, c.pos); err != nil {
		c.buf = c.buf[:0]
		return nil, err
	}
	return c.buf[:n], nil
}

// ready returns the bytes that are there already, if they are least or more; or peeks.
func (c *rawChunk) ready(least, n int) ([]byte, error) {
	if at := c.pos - c.bufPos; at >= 0 && at+int64(least) <= int64(len(c.buf)) {
		return c.buf[at:min(int64(len(c.buf)), at+max(0, c.end-c.pos))], nil
	}
	return c.peek(n)
}

func (c *rawChunk) skip(n int) { c.pos += int64(n) }

// finish gives the memory back, to which nothing refers any more, if all of it was handed
// out: the pages of many columns then take turns with it.
func (c *rawChunk) finish() {
	if c.pos >= c.end {
		c.release()
	}
}

func (c *rawChunk) release() {
	if !c.shared {
		scan.Buffers.Put(c.buf)
	}
	c.buf = nil
}

func readFullAt(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read %d bytes at %d: %w", len(b), off, err)
}

// fillRaw gives the chunks of one row group their bytes: all at once, if they
// are at most readAhead, or windows. It returns the buffers that the chunks
// share. Where reads have a latency, there are fewer of them, and they are made
// at once.
func fillRaw(ctx context.Context, r io.ReaderAt, chunks []*rawChunk, readAhead int, remote bool) ([][]byte, error) {
	least, gap, width := minWindow, int64(localGap), 1
	if remote {
		least, gap, width = remoteWindow, remoteGap, 8
	}
	var total int64
	for _, c := range chunks {
		total += c.end - c.pos
	}
	if total > int64(readAhead) {
		for _, c := range chunks {
			c.window = max(min(least, readAhead), 1<<bits.Len(uint(readAhead/len(chunks)/2))) - scan.Pad
		}
		return nil, nil
	}
	byPos := slices.Clone(chunks)
	slices.SortStableFunc(byPos, func(a, b *rawChunk) int { return cmp.Compare(a.pos, b.pos) })
	var bufs [][]byte
	var at []int64
	for len(byPos) > 0 {
		n, end := 1, byPos[0].end
		for n < len(byPos) && byPos[n].pos <= end+gap {
			end = max(end, byPos[n].end)
			n++
		}
		buf := scan.Buffers.Get(int(end - byPos[0].pos))
		bufs, at = append(bufs, buf), append(at, byPos[0].pos)
		for _, c := range byPos[:n] {
			c.buf, c.bufPos, c.shared = buf, byPos[0].pos, true
		}
		byPos = byPos[n:]
	}
	return bufs, scan.EachParallel(ctx, len(bufs), width, func(_ context.Context, i int) error {
		return readFullAt(r, bufs[i], at[i])
	})
}
