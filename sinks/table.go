package sinks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"sync"
	"time"

	"github.com/google/uuid"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/order"
	"leapscore/sinks/internal/partition"
	"leapscore/sinks/internal/shelf"
)

// table is a Table of files in one format. Its publisher decides where files are
// written and makes them visible.
type table struct {
	opts   Options
	create func(ctx context.Context, name string, excl bool) (store.Writer, error)
	format format.Encoder
	order  *order.Order
	pub    publisher
	ended  bool

	parts   *partition.Set // nil without partitions
	waiting map[*partition.Folder]*partitionFiles
	shelf   *shelf.Shelf

	// Used by one goroutine at a time, which is what order.append promises.
	ctx   context.Context // ends with Abort
	stop  context.CancelFunc
	cur   *output
	mu    sync.Mutex // of files, while partitions are written
	files []File

	resume *resumption // nil if the table is not to be resumed
	ready  *Manifest   // once the files are written
}

// publisher is how a table becomes visible.
type publisher interface {
	// name is where file number i of a partition is to be written. Without
	// partitions the folder is empty.
	name(folder string, i int) string
	// exclusive reports whether files must not replace others.
	exclusive() bool
	// publish makes the files visible, with the manifest.
	publish(ctx context.Context, m *Manifest) error
	// scratch is a folder in which nothing is published.
	scratch() string
	// abort removes what was written.
	abort(ctx context.Context) error
}

// output is the file being written.
type output struct {
	name string
	w    store.Writer
	f    format.File
	sum  hash.Hash
	rows int64
	size int64
}

func (o *output) Write(p []byte) (int, error) {
	o.sum.Write(p)
	o.size += int64(len(p))
	return o.w.Write(p)
}

// Create starts a table in the folder path of st. The table exists if the folder
// holds a _SUCCESS or any file that readers see; an empty folder is no table. Mode
// Overwrite keeps hidden files that are not a table's, and refuses a folder that
// holds anything that does not look like data. At most one run at a time writes a
// table; the others get a *BusyError. Create also deletes the files of runs that died.
func Create(ctx context.Context, st *store.Store, path string, opts Options) (Table, error) {
	opts, err := opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	parts, schema, err := opts.partitions()
	if err != nil {
		return nil, err
	}
	opts.Schema = schema
	if parts != nil && opts.Plan != nil { // their files are all written at the end
		opts.Plan, opts.Resume, opts.Once = nil, false, true
	}
	f, err := format.New(opts.encoding())
	if err != nil {
		return nil, err
	}
	pub, err := claimTable(ctx, st, path, opts, f.Ext())
	if err != nil {
		return nil, err
	}
	t := newTable(st, f, pub, opts)
	if parts != nil {
		t.partition(st, path, parts)
		return t, nil
	}
	return t.startFrom(pub), nil
}

// CreateFile starts a table that is the one file path. It is written under
// another name in the same folder, and has no _SUCCESS. ModeAppend is not
// possible.
func CreateFile(ctx context.Context, st *store.Store, path string, opts Options) (Table, error) {
	opts, err := opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	if len(opts.PartitionBy) > 0 {
		return nil, fmt.Errorf("%s: one file cannot be partitioned; write a folder", st.URL(path))
	}
	f, err := format.New(opts.encoding())
	if err != nil {
		return nil, err
	}
	pub, err := claimFile(ctx, st, path, opts)
	if err != nil {
		return nil, err
	}
	opts.FileRows = 1<<63 - 1
	return newTable(st, f, pub, opts), nil
}

func newTable(st *store.Store, f format.Encoder, pub publisher, opts Options) *table {
	t := &table{opts: opts, format: f, pub: pub}
	if st != nil {
		t.create = st.Create
	}
	t.ctx, t.stop = context.WithCancel(context.Background())
	t.order = order.New(f, opts.GroupRows, opts.Schema.NumFields(), opts.Buffer, t.append)
	return t
}

func (t *table) Part(ctx context.Context, n int) (Part, error) {
	if t.parts != nil {
		p, err := t.order.Scatter(ctx, n, t.parts)
		if err != nil {
			return nil, err
		}
		return p, nil
	}
	p, err := t.order.Part(ctx, n, t.rowsBefore(n))
	if err != nil {
		return nil, err
	}
	return p, nil
}

// append writes g behind all that was written before.
func (t *table) append(p *partition.Folder, g format.RowGroup, first order.Position) error {
	if p != nil {
		return t.putAside(p, g)
	}
	if t.cur != nil && t.cur.rows+int64(g.Rows()) > t.opts.FileRows {
		if err := t.closeFile(); err != nil {
			return err
		}
		if err := t.checkpoint(first); err != nil {
			return err
		}
	}
	if t.cur == nil {
		if err := t.openFile(); err != nil {
			return err
		}
	}
	t.cur.rows += int64(g.Rows())
	return t.cur.f.Append(g)
}

func (t *table) openFile() (err error) {
	t.cur, err = t.newOutput(t.pub.name("", len(t.files)))
	return err
}

func (t *table) newOutput(name string) (*output, error) {
	w, err := t.create(t.ctx, name, t.pub.exclusive())
	if err != nil {
		return nil, err
	}
	o := &output{name: name, w: w, sum: sha256.New()}
	o.f = t.format.NewFile(o)
	return o, nil
}

func (t *table) closeFile() error {
	o := t.cur
	if err := o.f.Close(); err != nil {
		return err
	}
	t.cur = nil
	if err := o.commit(); err != nil {
		return err
	}
	f := o.describe()
	t.files = append(t.files, f)
	observe(t.pub, f.Name, o.f)
	return nil
}

// commit makes the file, which is closed, durable.
func (o *output) commit() error {
	err := o.w.Commit()
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("%w: %w", ErrOutputExists, err)
	}
	return err
}

// describe describes the file, which is closed.
func (o *output) describe() File {
	return File{Name: baseName(o.name), Rows: o.rows, Bytes: o.size, SHA256: hex.EncodeToString(o.sum.Sum(nil))}
}

func (t *table) Commit(ctx context.Context, run Run) (*Manifest, error) {
	if t.ended {
		return nil, order.ErrFinished
	}
	m, err := t.prepare(ctx, run)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if t.cur != nil {
		cur := t.cur
		t.cur = nil
		if err := cur.commit(); err != nil {
			return nil, err
		}
	}
	m.fillRecord(run.Record)
	if err := t.pub.publish(ctx, m); err != nil {
		return nil, err
	}
	t.ended = true
	t.stop()
	return m, nil
}

func (t *table) Abort(ctx context.Context) error {
	if t.ended {
		return nil
	}
	t.stopWriting()
	return errors.Join(t.shelf.Drop(), t.pub.abort(ctx))
}

// stopWriting ends the writing.
func (t *table) stopWriting() {
	t.stop()
	t.order.Stop(errors.New("the table was aborted"))
	if t.cur != nil {
		t.cur.w.Abort()
		t.cur = nil
	}
}

func newManifest(run Run, t *table) *Manifest {
	m := &Manifest{
		RunID:         run.ID,
		RowsIn:        run.RowsIn,
		Skipped:       run.Skipped,
		Rejected:      run.Rejected,
		FilesRejected: run.FilesRejected,
		Files:         t.files,
		Model:         run.Model,
		Models:        run.Models,
		Seconds:       run.Seconds,
		Started:       run.Started,
		Finished:      time.Now().UTC().Format(time.RFC3339Nano),
		Version:       run.Version,
	}
	for _, f := range t.files {
		m.RowsOut += f.Rows
	}
	m.fillRecord(run.Record)
	return m
}

// fileSpace is the name space of runIdentity.
var fileSpace = uuid.MustParse("6b1c1d9e-53a7-5f0e-9c55-3f3f0b6c7c1a")

// runIdentity is the id of a run in names of files. Ids that are UUIDs stay as
// they are.
func runIdentity(runID string) string {
	if id, err := uuid.Parse(runID); err == nil {
		return id.String()
	}
	return uuid.NewSHA1(fileSpace, []byte(runID)).String()
}

func partName(i int, identity, ext string) string {
	return fmt.Sprintf("part-%05d-%s%s", i, identity, ext)
}
