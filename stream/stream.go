package stream

import (
	"bufio"
	"context"
	"errors"
	"io"

	"leapscore/engine/pipeline"
	"leapscore/internal/fault"
	"leapscore/internal/memory"
	"leapscore/job"
	"leapscore/sources"
	"leapscore/sources/arrow"
)

// Server answers streams with a model.
type Server struct {
	// Spec has the model, the limits, and the columns of streams that say nothing else.
	Spec job.Spec
	// OnError is what becomes of bad rows, by default, and ErrorColumn how the column that
	// says why is called.
	OnError     string
	ErrorColumn string

	Host    job.Host
	In      io.Reader
	Out     io.Writer
	scoring *job.Scoring
	limits  limits
	slots   chan struct{} // one for each worker
}

// limits are what the answers may take.
type limits struct {
	memory, message, flight, batch int64
	workers                        int
}

// readBuffer is how much is read at once of small messages.
const readBuffer = 64 << 10

// Serve answers streams until the input ends between two of them.
func (s *Server) Serve(ctx context.Context) error {
	s.Spec.Input.Files = []string{"-"}
	if err := s.defaults().check(); err != nil {
		return err
	}
	var err error
	if s.scoring, err = s.Host.Load(ctx, s.Spec); err != nil {
		return err
	}
	s.limit()
	ended := make(chan error, 1)
	go func() {
		var err error
		defer func() { ended <- err }()
		defer pipeline.Recovered(&err)
		err = s.serve(ctx)
	}()
	select {
	case err := <-ended:
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return err
	case <-ctx.Done():
		return context.Cause(ctx) // a read of a pipe is not ended by it
	}
}

func (s *Server) limit() {
	limited := s.Spec.Limited()
	s.limits = limits{
		memory: limited.Memory, message: limited.Memory / 4, flight: limited.Memory / 4,
		batch: memory.BatchBytes(limited.Memory, limited.Workers), workers: limited.Workers,
	}
	s.slots = make(chan struct{}, limited.Workers)
}

// serve answers one stream after the other.
func (s *Server) serve(ctx context.Context) error {
	in := arrow.NewStreams(bufio.NewReaderSize(s.In, readBuffer), s.limits.message)
	out := newOutput(s.Out)
	for {
		st, err := in.Next(sources.Options{BatchRows: s.scoring.BatchRows})
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = s.answer(ctx, st, out)
		}
		if arrow.IsNoArrow(err) {
			err = fault.Usage(err)
		}
		if err != nil {
			return err
		}
	}
}

// answer answers one stream.
func (s *Server) answer(ctx context.Context, st *arrow.Stream, out *output) error {
	a, err := s.bind(st)
	if err != nil {
		if err := out.refuse(s.refusal(err)); err != nil {
			return err
		}
		return drop(st)
	}
	if err := out.begin(a.schema); err != nil {
		return err
	}
	if err := a.run(ctx, st, out); err != nil {
		return err
	}
	return out.end()
}

// drop reads the rest of a stream.
func drop(st *arrow.Stream) error {
	for {
		_, err := st.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// errDone ends a stream whose answers cannot be written.
var errDone = errors.New("done")
