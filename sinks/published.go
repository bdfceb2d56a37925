package sinks

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/sinks/internal/order"
)

// Published returns the table at path that an earlier attempt of the run committed:
// rows that are written to it again are only counted, and Commit fails if their number
// differs. It is for the second of two tables that belong together, when the run died
// between their commits.
func Published(ctx context.Context, st *store.Store, path, runID string) (Table, error) {
	m, err := ReadManifest(ctx, st, path)
	if err == nil && m.RunID != runID {
		err = fmt.Errorf("%s: is of run %s, want %s", st.URL(path), m.RunID, runID)
	}
	return &published{m: m}, err
}

type published struct {
	m    *Manifest
	rows atomic.Int64
}

func (p *published) Part(context.Context, int) (Part, error) { return &countedPart{p: p}, nil }

func (p *published) Commit(context.Context, Run) (*Manifest, error) {
	if n := p.rows.Load(); n != p.m.RowsOut {
		return nil, fmt.Errorf("%d rows, and %d when the run committed them before", n, p.m.RowsOut)
	}
	return p.m, nil
}

func (p *published) Abort(context.Context) error { return nil }

type countedPart struct {
	p     *published
	rows  int64
	ended bool
}

func (c *countedPart) Write(rec arrow.Record) error {
	if c.ended {
		return order.ErrEnded
	}
	c.rows += rec.NumRows()
	return nil
}

func (c *countedPart) Commit(ctx context.Context) error {
	if c.ended {
		return errors.Join(order.ErrEnded, ctx.Err())
	}
	c.ended = true
	c.p.rows.Add(c.rows)
	return ctx.Err()
}

func (c *countedPart) Abort() { c.ended = true }
