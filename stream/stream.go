package stream

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/internal/fault"
	limit "leapscore/internal/memory"
	"leapscore/internal/reuse"
	"leapscore/job"
	source "leapscore/sources/arrow"
)

// Server answers streams with a model.
type Server struct {
	// Spec has the model, the limits, and the columns of streams that say nothing else.
	Spec job.Spec
	// OnError is what becomes of bad rows, by default, and ErrorColumn how the column that
	// says why is called.
	OnError     string
	ErrorColumn string

	Host job.Host
	In   io.Reader
	// Ready, if it is not nil, reports whether In has something to read at once.
	Ready func() bool
	// Out may have WriteBuffers, which writes several buffers at once.
	Out io.Writer
}

// server is a Server whose model is loaded.
type server struct {
	*Server
	scoring *job.Scoring
	limits  limits
	mem     memory.Allocator // of scores
	slots   chan struct{}    // one for each worker
	in      *bufio.Reader
	out     *output
	known   map[string]*answers // by the keys of streams
}

// limits are what answers may take.
type limits struct {
	message int64 // bytes of a message
	flight  int64 // of the batches that are being answered
	batch   int64 // of what is computed at a time
	workers int
}

// readBuffer is how much is read at once of small messages.
const readBuffer = 64 << 10

// Serve answers streams until the input ends between two of them.
func (s *Server) Serve(ctx context.Context) error {
	s.Spec.Input.Files = []string{"-"}
	if err := s.defaults().check(); err != nil {
		return err
	}
	v, err := s.load(ctx)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		var err error
		defer func() { ended <- err }()
		defer pipeline.Recovered(&err)
		err = v.serve(ctx)
	}()
	select {
	case err := <-ended:
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return err
	case <-ctx.Done():
		return context.Cause(ctx) // reading from a pipe goes on until its writer ends
	}
}

func (s *Server) load(ctx context.Context) (*server, error) {
	scoring, err := s.Host.Load(ctx, s.Spec)
	if err != nil {
		return nil, err
	}
	most := s.Spec.Limited()
	out := &output{w: s.Out}
	return &server{
		Server:  s,
		scoring: scoring,
		limits: limits{
			message: most.Memory / 4, flight: most.Memory / 8,
			batch: limit.BatchBytes(most.Memory, most.Workers), workers: most.Workers,
		},
		mem:   reuse.New(most.Memory / 16),
		slots: make(chan struct{}, most.Workers),
		in:    bufio.NewReaderSize(turns{s.In, out}, readBuffer),
		out:   out,
		known: map[string]*answers{},
	}, nil
}

// serve answers one stream after the other.
func (s *server) serve(ctx context.Context) error {
	in := source.NewStreams(s.in, s.limits.message)
	for {
		st, err := in.Next()
		if err == io.EOF {
			return s.out.flush()
		}
		if err == nil {
			err = s.answer(ctx, st)
		}
		if source.IsNoArrow(err) {
			err = fault.Usage(err)
		}
		if err != nil {
			return errors.Join(err, s.out.flush())
		}
	}
}

// answer answers one stream.
func (s *server) answer(ctx context.Context, st *source.Stream) error {
	a, err := s.answersTo(st)
	if err != nil {
		refused, err := s.refusal(err).stream()
		if err != nil {
			return err
		}
		s.out.add(refused)
		return drop(st)
	}
	s.out.add(a.head)
	if err := a.begin().run(ctx, st); err != nil {
		return err
	}
	s.out.add(endMark)
	return nil
}

// knownStreams are the most streams whose answers are remembered.
const knownStreams = 64

// answersTo returns how a stream is answered, as one of the same schema was before.
func (s *server) answersTo(st *source.Stream) (*answers, error) {
	if a := s.known[st.Key()]; a != nil && st.Key() != "" {
		return a, nil
	}
	a, err := s.bind(st)
	if err != nil {
		return nil, err
	}
	if len(s.known) >= knownStreams {
		clear(s.known)
	}
	s.known[st.Key()] = a
	return a, nil
}

// more reports whether the client has sent more than was read, and than the end of the
// stream.
func (s *server) more() bool {
	n := s.in.Buffered()
	if n == len(endMark) {
		next, err := s.in.Peek(n)
		return err == nil && !bytes.Equal(next, endMark)
	}
	return n > 0 || s.Ready != nil && s.Ready()
}

// drop reads the rest of a stream.
func drop(st *source.Stream) error {
	for {
		b, err := st.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		b.Recycle()
	}
}
