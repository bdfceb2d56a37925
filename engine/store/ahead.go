package store

import "sync"

const (
	// aheadMin and aheadMax bound what Ahead reads at once.
	aheadMin = 256 << 10
	aheadMax = 4 << 20
	// aheadSmall is up to what length reads go through Ahead's buffers.
	aheadSmall = 512 << 10
)

// Ahead returns a reader that turns many small reads into few large ones, and reads
// ahead where they follow each other. It is for readers with a latency. Closing it
// closes r.
func Ahead(r Reader) Reader { return &aheadReader{Reader: r} }

type aheadReader struct {
	Reader

	mu     sync.Mutex
	cur    span
	next   chan span // what is being read behind cur, if not nil
	window int64
}

// span is bytes of the object, or why they could not be read.
type span struct {
	at   int64
	data []byte
	err  error
}

func (s *span) end() int64 { return s.at + int64(len(s.data)) }

func (s *span) holds(off, end int64) bool { return s.at <= off && end <= s.end() }

func (a *aheadReader) ReadAt(p []byte, off int64) (int, error) {
	end := off + int64(len(p))
	if len(p) > aheadSmall || end > a.Size() {
		return a.Reader.ReadAt(p, off)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for n < len(p) {
		if !a.cur.holds(off, off+1) {
			if err := a.load(off, end); err != nil {
				return n, err
			}
		}
		m := copy(p[n:], a.cur.data[off-a.cur.at:])
		n, off = n+m, off+int64(m)
	}
	return n, nil
}

// load makes cur begin at off, or hold it.
func (a *aheadReader) load(off, end int64) error {
	follows := off == a.cur.end() && off > 0
	if a.next != nil {
		next := <-a.next
		a.next = nil
		if next.holds(off, off+1) {
			a.cur = next
			a.ahead()
			return nil
		}
		// It failed, or the caller reads elsewhere.
	}
	if follows {
		a.window = min(2*a.window, aheadMax)
	} else {
		a.window = aheadMin
	}
	a.cur = a.read(off, max(a.window, end-off))
	if err := a.cur.err; err != nil {
		a.cur = span{}
		return err
	}
	if follows {
		a.ahead()
	}
	return nil
}

// ahead begins to read what is behind cur.
func (a *aheadReader) ahead() {
	at := a.cur.end()
	if at >= a.Size() {
		return
	}
	a.window = min(2*a.window, aheadMax)
	next, n := make(chan span, 1), a.window
	a.next = next
	go func() { next <- a.read(at, n) }()
}

func (a *aheadReader) read(at, n int64) span {
	s := span{at: at, data: make([]byte, min(n, a.Size()-at))}
	if n, err := a.Reader.ReadAt(s.data, at); n < len(s.data) {
		s.data, s.err = nil, err
	}
	return s
}
