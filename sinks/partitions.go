package sinks

import (
	"cmp"
	"context"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/order"
	"leapscore/sinks/internal/partition"
	"leapscore/sinks/internal/shelf"
)

// partitionFiles are the rows of a partition that wait for their file.
type partitionFiles struct {
	lane   order.Lane
	groups []shelf.Entry
	rows   int64
	bytes  int64
	files  int // that were written
}

// partition makes t a partitioned table.
func (t *table) partition(st *store.Store, out string, p *partition.Set) {
	t.parts = p
	t.waiting = make(map[*partition.Folder]*partitionFiles)
	p.Limits = partition.LimitsOf(st, out)
	t.shelf = shelf.New(t.opts.Buffer, func() (*os.File, error) { return st.Scratch(t.pub.scratch()) })
}

// laneOf returns the lane of a partition.
func (t *table) laneOf(p *partition.Folder) *order.Lane {
	w := t.waiting[p]
	if w == nil {
		w = &partitionFiles{}
		w.lane.Append = func(g format.RowGroup) error { return t.putAside(p, w, g) }
		t.waiting[p] = w
	}
	return &w.lane
}

// putAside puts g behind all that was written to p before.
func (t *table) putAside(p *partition.Folder, w *partitionFiles, g format.RowGroup) error {
	rows := int64(g.Rows())
	if w.rows > 0 && w.rows+rows > t.opts.FileRows {
		if err := t.writePartition(p, w); err != nil {
			return err
		}
	}
	s, err := t.shelf.Put(g)
	if err != nil {
		return err
	}
	w.groups = append(w.groups, s)
	w.rows += rows
	w.bytes += int64(s.Bytes)
	return nil
}

// Several files are written at once, since most of the time is spent waiting for the
// storage. A large file counts as several, since an upload takes up to largeFile of
// memory.
const (
	filesAtOnce = 16
	largeFile   = 4 << 20
	largeWeight = 8
)

// writePartitions writes the remaining rows of all partitions.
func (t *table) writePartitions() error {
	if t.parts == nil {
		return nil
	}
	g, ctx := errgroup.WithContext(t.ctx)
	slots := semaphore.NewWeighted(filesAtOnce)
	for _, p := range t.parts.Sorted() {
		w, weight := t.waiting[p], int64(1)
		if w == nil || w.rows == 0 {
			continue
		}
		if w.bytes > largeFile {
			weight = largeWeight
		}
		if slots.Acquire(ctx, weight) != nil {
			break // because a file failed
		}
		g.Go(func() error {
			defer slots.Release(weight)
			return t.writePartition(p, w)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := context.Cause(t.ctx); err != nil {
		return err
	}
	slices.SortFunc(t.files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return t.shelf.Drop()
}

// writePartition writes the waiting rows of p to a file.
func (t *table) writePartition(p *partition.Folder, w *partitionFiles) error {
	o, err := t.newOutput(t.pub.name(p.Path, w.files))
	if err != nil {
		return err
	}
	for _, s := range w.groups {
		data, err := t.shelf.Take(s)
		if err != nil {
			return err
		}
		g, err := t.format.Restore(data)
		if err != nil {
			return err
		}
		if err := o.Append(g); err != nil {
			return err
		}
	}
	if err := o.File.Close(); err != nil {
		return err
	}
	if err := t.commitFile(o); err != nil {
		return err
	}
	f := describe(o)
	f.Name, f.Partition = store.Join(p.Path, f.Name), p.Values
	w.groups, w.rows, w.bytes, w.files = nil, 0, 0, w.files+1
	t.ending.Lock()
	defer t.ending.Unlock()
	t.files = append(t.files, f)
	observe(t.pub, f.Name, o.File)
	return nil
}
