package stream

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/job"
	"leapscore/sources"
	source "leapscore/sources/arrow"
)

// answers are the answers to one stream.
type answers struct {
	server  *Server
	bound   *job.Bound
	scorer  *engine.Scorer
	options options
	schema  *arrow.Schema
	read    []string // columns that a scan reads: those of the model, and kept defaults
	kept    []string // columns that are kept as they came
	layout  []column // of the kept columns
	errors  bool     // the last column is that of errors
	flight  *flight
}

// column says where a kept column comes from: the columns as they came, or those that a
// scan reads.
type column struct {
	scanned bool
	at      int
}

// bind plans the answers to a stream.
func (s *Server) bind(st *source.Stream) (*answers, error) {
	if st.Err() != nil {
		return nil, st.Err()
	}
	o, err := s.options(st.Whole())
	if err != nil {
		return nil, err
	}
	b, err := s.scoring.Bind(o.spec, st.Source())
	if err != nil {
		return nil, err
	}
	a := &answers{server: s, bound: b, options: o, flight: newFlight(s.limits.flight, 2*s.limits.workers)}
	a.scorer = &engine.Scorer{Plan: b.Plan, Mem: memory.NewGoAllocator(), BatchBytes: s.limits.batch}
	a.read = append(a.read, b.Plan.Pipeline.Columns...)
	fields := b.Plan.Schema.Fields()
	for i, name := range b.Plan.Kept() {
		if at := st.Whole().FieldIndices(name); len(at) == 1 {
			whole := st.Whole().Field(at[0])
			fields[i].Type, fields[i].Metadata = whole.Type, whole.Metadata
			a.layout = append(a.layout, column{at: len(a.kept)})
			a.kept = append(a.kept, name)
			continue
		}
		a.layout = append(a.layout, column{scanned: true, at: len(a.read)})
		a.read = append(a.read, name)
	}
	if err := checkScan(st.Source(), b, a.read); err != nil {
		return nil, err
	}
	if a.errors = o.onError == asColumn; a.errors {
		if err := checkFree(fields, o.errorColumn); err != nil {
			return nil, err
		}
		fields = append(fields, arrow.Field{Name: o.errorColumn, Type: errorType, Nullable: true})
	}
	meta, err := s.metadata()
	a.schema = arrow.NewSchema(fields, &meta)
	return a, err
}

// checkScan checks that columns can be read.
func checkScan(src sources.Source, b *job.Bound, read []string) error {
	scan, err := sources.WithDefaults(src, b.Defaults).Scan(context.Background(), read)
	if err != nil {
		return err
	}
	return scan.Close()
}

// metadata is what schemas of answers say of the model.
func (s *Server) metadata() (arrow.Metadata, error) {
	id := s.scoring.Identity
	text, err := json.Marshal(map[string]string{
		"model": id.Name, "model_version": id.Version, "model_uid": id.UID, "model_sha256": id.SHA256, "version": s.Host.Version,
	})
	return arrow.NewMetadata([]string{Key}, []string{string(text)}), err
}

// pending is a batch that is being answered.
type pending struct {
	done   chan struct{}
	record arrow.Record
	bytes  int64
	err    error // ends the stream
}

// run answers the batches of a stream, in their order.
func (a *answers) run(ctx context.Context, st *source.Stream, out *output) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(errDone)
	order := make(chan *pending, a.flight.most)
	written := make(chan error, 1)
	go func() {
		err := a.write(order, out)
		if err != nil {
			stop(err)
		}
		written <- err
		for range order { // the answers to come have no reader
		}
	}()
	err := a.readAll(ctx, st, order)
	close(order)
	if failed := <-written; failed != nil {
		return failed
	}
	return err
}

// readAll reads the batches of a stream, and begins to answer them.
func (a *answers) readAll(ctx context.Context, st *source.Stream, order chan<- *pending) error {
	for {
		b, err := st.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		p := &pending{done: make(chan struct{}), bytes: b.Bytes}
		if !a.flight.enter(ctx, p.bytes) {
			return context.Cause(ctx)
		}
		order <- p
		go func() {
			defer close(p.done)
			p.record, p.err = a.record(ctx, b)
		}()
	}
}

// write writes answers as they are ready.
func (a *answers) write(order <-chan *pending, out *output) error {
	for p := range order {
		<-p.done
		if p.err != nil {
			return p.err
		}
		err := out.write(p.record)
		p.record.Release()
		a.flight.leave(p.bytes)
		if err != nil {
			return err
		}
	}
	return nil
}

// record is the answer to a batch.
func (a *answers) record(ctx context.Context, b *source.Batch) (arrow.Record, error) {
	rec, err := a.score(ctx, b)
	switch {
	case err == nil:
		return rec, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case !a.errors:
		return nil, err
	}
	return a.failed(b, err)
}

// score scores a batch.
func (a *answers) score(ctx context.Context, b *source.Batch) (rec arrow.Record, err error) {
	defer pipeline.Recovered(&err)
	if b.Err != nil {
		return nil, b.Err
	}
	kept, err := b.Kept(a.kept)
	if err != nil {
		return nil, err
	}
	scanned, err := a.scan(ctx, b)
	if err != nil {
		return nil, err
	}
	return a.assemble(b.Rows, kept, scanned)
}

// errBadRow ends a stream whose bad rows are to end it.
type errBadRow struct{ engine.RowError }

// scan scores the splits of a batch, each by a worker of its own.
func (a *answers) scan(ctx context.Context, b *source.Batch) ([]*part, error) {
	scan, err := sources.WithDefaults(b.Source(), a.bound.Defaults).Scan(ctx, a.read)
	if err != nil {
		return nil, err
	}
	defer scan.Close()
	var parts []*part
	var splits []sources.Split
	for {
		split, err := scan.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		splits, parts = append(splits, split), append(parts, &part{})
	}
	errs := make([]error, len(parts))
	var all sync.WaitGroup
	for i := 1; i < len(splits); i++ {
		all.Go(func() { errs[i] = a.split(ctx, splits[i], parts[i]) })
	}
	if len(splits) > 0 {
		errs[0] = a.split(ctx, splits[0], parts[0])
	}
	all.Wait()
	return parts, errors.Join(errs...)
}

// part is the answers to the rows of a split.
type part struct {
	answers []*engine.Answer
	scanned [][]arrow.Array // of each batch, the kept columns that were read
}

func (a *answers) split(ctx context.Context, split sources.Split, p *part) (err error) {
	defer pipeline.Recovered(&err)
	select {
	case a.server.slots <- struct{}{}:
		defer func() { <-a.server.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	inputs := len(a.bound.Plan.Pipeline.Columns)
	return split.Each(ctx, memory.NewGoAllocator(), func(b sources.Batch) error {
		some, err := a.scorer.Score(ctx, b)
		if err != nil {
			return err
		}
		p.answers = append(p.answers, some...)
		if len(a.read) > inputs {
			var extra []arrow.Array
			for _, c := range b.Columns()[inputs:] {
				c.Retain()
				extra = append(extra, c)
			}
			p.scanned = append(p.scanned, extra)
		}
		return nil
	})
}

// assemble puts the columns of an answer together.
func (a *answers) assemble(rows int64, kept []arrow.Array, parts []*part) (arrow.Record, error) {
	inputs := len(a.bound.Plan.Pipeline.Columns)
	cols := make([]arrow.Array, 0, a.schema.NumFields())
	for i, c := range a.layout {
		if !c.scanned {
			cols = append(cols, kept[c.at])
			continue
		}
		var pieces []arrow.Array
		for _, p := range parts {
			for _, s := range p.scanned {
				pieces = append(pieces, s[c.at-inputs])
			}
		}
		col, err := joined(pieces, a.schema.Field(i).Type)
		if err != nil {
			return nil, err
		}
		cols = append(cols, col)
	}
	var all []*engine.Answer
	for _, p := range parts {
		all = append(all, p.answers...)
	}
	for i := len(a.layout); i < len(a.bound.Plan.Schema.Fields()); i++ {
		var pieces []arrow.Array
		for _, s := range all {
			pieces = append(pieces, s.Columns[i-len(a.layout)])
		}
		col, err := joined(pieces, a.schema.Field(i).Type)
		if err != nil {
			return nil, err
		}
		cols = append(cols, col)
	}
	if !a.errors {
		return array.NewRecord(a.schema, cols, rows), firstBad(all)
	}
	return array.NewRecord(a.schema, append(cols, errorsOf(all, rows)), rows), nil
}

// joined returns arrays of a type as one.
func joined(pieces []arrow.Array, t arrow.DataType) (arrow.Array, error) {
	switch len(pieces) {
	case 0:
		b := array.NewBuilder(memory.NewGoAllocator(), t)
		defer b.Release()
		return b.NewArray(), nil
	case 1:
		return pieces[0], nil
	}
	return array.Concatenate(pieces, memory.NewGoAllocator())
}
