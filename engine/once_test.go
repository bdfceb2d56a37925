package engine_test

import (
	"context"
	"errors"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/engine/store"
	"leapscore/ops/column"
	"leapscore/sinks"
)

// narrow is a table that takes rows and says then that there was no room.
type narrow struct {
	sinks.Table
	rows  *int64
	fails bool
	panic bool
}

type narrowPart struct {
	sinks.Part
	t narrow
}

func (n narrow) Part(ctx context.Context, i int) (sinks.Part, error) {
	p, err := n.Table.Part(ctx, i)
	return narrowPart{p, n}, err
}

func (p narrowPart) Write(rec arrow.Record) error {
	if err := p.Part.Write(rec); err != nil {
		return err
	}
	*p.t.rows += rec.NumRows()
	switch {
	case p.t.fails:
		return column.ErrTooLarge
	case p.t.panic:
		panic(column.ErrTooLarge)
	}
	return nil
}

// Batches that are too large are scored again with fewer rows. Rows that are
// written must not be: they would be there twice.
func TestRowsThatAreWrittenAreNotTriedAgain(t *testing.T) {
	for name, fail := range map[string]func(rows, bad *narrow){
		"rows, error":    func(rows, _ *narrow) { rows.fails = true },
		"rows, panic":    func(rows, _ *narrow) { rows.panic = true },
		"rejects, error": func(_, bad *narrow) { bad.fails = true },
		"rejects, panic": func(_, bad *narrow) { bad.panic = true },
	} {
		t.Run(name, func(t *testing.T) {
			home := enginetest.Homes(3, 60, 4)
			job := engine.Job{Model: load(t, enginetest.Linear("error")), Source: homes(home, 60, 60), Workers: 1, BatchRows: 60, Reject: true}
			r := newRun(t, disk{&store.Mem{}}, job, sinks.ModeError)
			var written [2]int64
			rows, bad := narrow{Table: r.Table, rows: &written[0]}, narrow{Table: r.Rejects, rows: &written[1]}
			fail(&rows, &bad)
			r.Table, r.Rejects = rows, bad
			_, err := r.do(t, t.Context())
			if err == nil || errors.Is(err, column.ErrTooLarge) {
				t.Errorf("error %v, want one that does not ask for fewer rows", err)
			}
			if written[0] == 0 || written[0]+written[1] > int64(len(home)) {
				t.Errorf("%d rows and %d rejects written of %d rows", written[0], written[1], len(home))
			}
		})
	}
}
