package sinks

import (
	"context"
	"errors"
	"fmt"

	"leapscore/sinks/internal/order"
)

// A run may write two tables that belong together: its rows, and the rows that it
// rejected. They are at different places, so that no one step publishes both:
//
//	prepared   the files of both are written; nothing is visible
//	   |
//	   |  a note beside the staged files of the second: which commit it waits for
//	   v
//	pending
//	   |  the commit of the first: one step, which decides
//	   v
//	decided    the first is published
//	   |
//	   |  the commit of the second
//	   v
//	done
//
// If the first cannot be committed, the second is aborted. If the process dies, or the
// second cannot be published, Settle checks whether the first has been committed, and
// publishes the second or deletes its staged files. Settle is called before any run
// writes to the second, and before a run scores its rows again.

// Intent names the commit that the second of two tables waits for.
type Intent struct {
	RunID string `json:"run_id"`
	Token string `json:"token"` // Options.Token of both
	Table string `json:"table"` // a path or URL
	Kind  string `json:"kind"`  // of the table, as the caller names it

	// More holds other values that the caller needs to find the table.
	More map[string]string `json:"more,omitempty"`

	// Files are those of the first table, for one that keeps no token: a single
	// file.
	Files []File `json:"files,omitempty"`
}

// pending is the note of a table that is prepared.
type pending struct {
	Intent   Intent    `json:"intent"`
	Mode     string    `json:"mode"`
	Manifest *Manifest `json:"manifest"`
}

// pendingPublisher is a publisher whose table may wait for another's commit.
type pendingPublisher interface {
	publisher
	// writePendingNote writes the note.
	writePendingNote(ctx context.Context, p pending) error
	// leaveToSettle ends the attempt, and leaves the staged files to Settle.
	leaveToSettle(ctx context.Context) error
}

// CommitTogether commits first, and second with it or not at all. second may be
// nil. prepared is called with second's manifest before first is committed. Without an
// intent, Settle could not find the commit that second waits for: then second is
// committed before first, since rejected rows would be lost if first were published
// alone. After an error the caller aborts both.
func CommitTogether(ctx context.Context, first, second Table, run Run, in *Intent, prepared func(*Manifest)) (*Manifest, error) {
	if second == nil {
		return first.Commit(ctx, run)
	}
	info := run
	info.Record = nil
	if in == nil {
		m, err := second.Commit(ctx, info)
		if err != nil {
			return nil, fmt.Errorf("rejects: %w", err)
		}
		prepared(m)
		return first.Commit(context.WithoutCancel(ctx), run)
	}
	m, err := prepare(ctx, second, info)
	if err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	prepared(m)
	made, err := prepare(ctx, first, run)
	if err != nil {
		return nil, err
	}
	if err := writePendingNote(ctx, second, *in, m, made); err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	return commitBoth(ctx, first, second, run, info)
}

// commitBoth commits two tables that are prepared.
func commitBoth(ctx context.Context, first, second Table, run, info Run) (*Manifest, error) {
	done, err := first.Commit(ctx, run)
	ctx = context.WithoutCancel(ctx)
	if _, ok := errors.AsType[*UncertainError](err); ok {
		return nil, errors.Join(err, leaveToSettle(ctx, second))
	}
	if err != nil {
		return nil, err
	}
	if _, err := second.Commit(ctx, info); err != nil {
		return nil, &HeldError{errors.Join(err, leaveToSettle(ctx, second))}
	}
	return done, nil
}

// tableOf returns the table behind wrappers, or nil.
func tableOf(t Table) *table {
	switch t := t.(type) {
	case *converted:
		return tableOf(t.Table)
	case resumable:
		return t.table
	case *table:
		return t
	}
	return nil
}

// prepare does all steps of a commit but the last, which makes the rows visible.
func prepare(ctx context.Context, t Table, run Run) (*Manifest, error) {
	if p, ok := t.(*published); ok {
		return p.Commit(ctx, run)
	}
	b := tableOf(t)
	if b == nil {
		return nil, fmt.Errorf("a table of type %T cannot be committed with another", t)
	}
	if b.over {
		return nil, order.ErrFinished
	}
	return b.prepare(ctx, run)
}

func writePendingNote(ctx context.Context, t Table, in Intent, m, first *Manifest) error {
	b := tableOf(t)
	if b == nil {
		return nil
	}
	p, ok := b.pub.(pendingPublisher)
	if !ok {
		return nil
	}
	in.Files = first.Files
	return p.writePendingNote(ctx, pending{Intent: in, Mode: b.opts.Mode.String(), Manifest: m})
}

// leaveToSettle leaves a table that is prepared to Settle, or aborts it if it cannot wait.
func leaveToSettle(ctx context.Context, t Table) error {
	b := tableOf(t)
	if b == nil {
		return t.Abort(ctx)
	}
	p, ok := b.pub.(pendingPublisher)
	if !ok || b.over {
		return t.Abort(ctx)
	}
	b.stopWriting()
	b.over = true
	return p.leaveToSettle(ctx)
}

// prepare finishes the files of the table.
func (t *table) prepare(ctx context.Context, run Run) (*Manifest, error) {
	if t.ready != nil {
		return t.ready, nil
	}
	if err := t.order.Finish(); err != nil {
		return nil, err
	}
	if err := t.writePartitions(); err != nil {
		return nil, err
	}
	if err := t.adopt(ctx); err != nil {
		return nil, err
	}
	if t.parts == nil && t.cur == nil && len(t.files) == 0 && t.opts.Stage == nil { // a table without rows has columns too
		t.cur = t.nextFile()
		if err := t.openFile(t.cur); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if t.cur != nil {
		if err := t.sealFile(); err != nil {
			return nil, err
		}
	}
	if s, ok := t.pub.(*single); ok { // whose file is staged under another name
		t.files[0].Name = baseName(s.path)
	}
	t.ready = newManifest(run, t)
	t.ready.Token = t.opts.Token
	return t.ready, nil
}

// sealFile finishes the file that is being written. If committing it would make it
// visible, sealFile leaves that to Commit.
func (t *table) sealFile() error {
	if _, shows := t.pub.(interface{ shows() }); !shows {
		f := t.cur
		t.cur = nil
		return t.finishFile(f)
	}
	if err := t.cur.out.File.Close(); err != nil {
		return err
	}
	t.files = append(t.files, describe(t.cur.out))
	return nil
}
