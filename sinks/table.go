package sinks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/order"
	"leapscore/sinks/internal/output"
	"leapscore/sinks/internal/partition"
	"leapscore/sinks/internal/shelf"
)

// table is a Table of files in one format. Its publisher decides where files are
// written and makes them visible.
type table struct {
	opts   Options
	create output.Create
	format format.Encoder
	order  *order.Order
	pub    publisher
	over   bool

	parts   *partition.Set // nil without partitions
	waiting map[*partition.Folder]*partitionFiles
	shelf   *shelf.Shelf

	ctx  context.Context // ends with Abort
	stop context.CancelFunc

	// Used by place, which the order calls for one row group at a time.
	cur  *tableFile // that gets the next row groups
	next int        // the number of the next file

	ending sync.Mutex // of files and ended, while files are finished
	files  []File     // finished, in the order of their rows
	ended  map[int]*tableFile

	mu   sync.Mutex // of open
	open map[*output.Output]bool

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

// tableFile is a file of a table without partitions.
type tableFile struct {
	n    int // its number
	lane order.Lane
	rows int64          // of the row groups that are in it or will be
	then order.Position // of the first row behind them
	out  *output.Output // nil before the first of them
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

// How many files that have all their rows may be unfinished, while the next one is
// written: their last bytes are hashed and written, and the disk or the store is waited
// for. An upload takes up to 32 MiB of memory.
const (
	endingFiles   = 8
	endingObjects = 1
)

func newTable(st *store.Store, f format.Encoder, pub publisher, opts Options) *table {
	t := &table{opts: opts, format: f, pub: pub, ended: map[int]*tableFile{}, open: map[*output.Output]bool{}}
	ending := endingFiles
	if st != nil {
		t.create = st.Create
		if _, ok := st.Folders(); !ok {
			ending = endingObjects
		}
	}
	t.ctx, t.stop = context.WithCancel(context.Background())
	t.order = order.New(f, opts.GroupRows, opts.Schema.NumFields(), opts.Buffer, ending, t.place)
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

// place returns the lane of a row group behind all that were placed before.
func (t *table) place(p *partition.Folder, rows int, first order.Position) (lane, ended *order.Lane) {
	if p != nil {
		return t.laneOf(p), nil
	}
	if t.cur != nil && t.cur.rows+int64(rows) > t.opts.FileRows {
		ended, t.cur.then = &t.cur.lane, first
		t.cur = nil
	}
	if t.cur == nil {
		t.cur = t.nextFile()
	}
	t.cur.rows += int64(rows)
	return &t.cur.lane, ended
}

// nextFile returns the next file, which is made with its first row group.
func (t *table) nextFile() *tableFile {
	f := &tableFile{n: t.next}
	f.lane.Append = func(g format.RowGroup) error {
		if err := t.openFile(f); err != nil {
			return err
		}
		return f.out.Append(g)
	}
	f.lane.End = func() error { return t.finishFile(f) }
	t.next++
	return f
}

func (t *table) openFile(f *tableFile) (err error) {
	if f.out == nil {
		f.out, err = t.newOutput(t.pub.name("", f.n))
	}
	return err
}

// newOutput begins a file, which Abort removes until it is committed.
func (t *table) newOutput(name string) (*output.Output, error) {
	o, err := output.New(t.ctx, t.create, name, t.pub.exclusive(), t.format)
	if err == nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.open[o] = true
	}
	return o, err
}

// finishFile finishes a file, and records it when all before it are finished.
func (t *table) finishFile(f *tableFile) error {
	if err := f.out.File.Close(); err != nil {
		return err
	}
	if err := t.commitFile(f.out); err != nil {
		return err
	}
	t.ending.Lock()
	defer t.ending.Unlock()
	t.ended[f.n] = f
	for f = t.ended[len(t.files)]; f != nil; f = t.ended[len(t.files)] {
		delete(t.ended, f.n)
		d := describe(f.out)
		t.files = append(t.files, d)
		observe(t.pub, d.Name, f.out.File)
		if f.then == (order.Position{}) { // the last file
			continue
		}
		if err := t.checkpoint(f.then); err != nil {
			return err
		}
	}
	return nil
}

// commitFile makes a file, which is closed, durable.
func (t *table) commitFile(o *output.Output) error {
	t.mu.Lock()
	delete(t.open, o)
	t.mu.Unlock()
	err := o.Commit()
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("%w: %w", ErrOutputExists, err)
	}
	return err
}

// describe describes a file, which is closed.
func describe(o *output.Output) File {
	return File{Name: baseName(o.Name), Rows: o.Rows, Bytes: o.Size(), SHA256: o.SHA256()}
}

func (t *table) Commit(ctx context.Context, run Run) (*Manifest, error) {
	if t.over {
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
		if err := t.commitFile(cur.out); err != nil {
			return nil, err
		}
	}
	m.fillRecord(run.Record)
	if err := t.pub.publish(ctx, m); err != nil {
		return nil, err
	}
	t.over = true
	t.stop()
	return m, nil
}

func (t *table) Abort(ctx context.Context) error {
	if t.over {
		return nil
	}
	t.stopWriting()
	return errors.Join(t.shelf.Drop(), t.pub.abort(ctx))
}

// stopWriting ends the writing.
func (t *table) stopWriting() {
	t.stop()
	t.order.Stop(errors.New("the table was aborted"))
	t.mu.Lock()
	defer t.mu.Unlock()
	for o := range t.open {
		o.Abort()
	}
	clear(t.open)
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
