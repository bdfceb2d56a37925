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
)

// partitionFiles are the rows of a partition that wait for their file.
type partitionFiles struct {
	chunks []shelved
	rows   int64
	bytes  int64
	files  int // that were written
}

// partition makes t a partitioned table.
func (t *table) partition(st *store.Store, out string, p *partitions) {
	t.parts = p
	p.limits = limitsOf(st, out)
	t.shelf = &shelf{limit: t.opts.Buffer, open: func() (*os.File, error) { return st.Scratch(t.pub.scratch()) }}
}

// shelve puts c behind all that was written to p before.
func (t *table) shelve(p *partition, c format.RowGroup) error {
	rows := int64(c.Rows())
	if p.out.rows > 0 && p.out.rows+rows > t.opts.FileRows {
		if err := t.writePartition(p); err != nil {
			return err
		}
	}
	s, err := t.shelf.put(c)
	if err != nil {
		return err
	}
	p.out.chunks = append(p.out.chunks, s)
	p.out.rows += rows
	p.out.bytes += int64(s.n)
	return nil
}

// Files are written a few at a time, since most of it is waiting for the storage.
// Large ones count as many, since an upload takes up to largeFile of memory.
const (
	filesAtOnce = 16
	largeFile   = 4 << 20
	largeWeight = 8
)

// writePartitions writes what is left of all partitions.
func (t *table) writePartitions() error {
	if t.parts == nil {
		return nil
	}
	g, ctx := errgroup.WithContext(t.ctx)
	slots := semaphore.NewWeighted(filesAtOnce)
	for _, p := range t.parts.sorted() {
		weight := int64(1)
		if p.out.bytes > largeFile {
			weight = largeWeight
		}
		if slots.Acquire(ctx, weight) != nil {
			break // because a file failed
		}
		g.Go(func() error {
			defer slots.Release(weight)
			return t.writePartition(p)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := context.Cause(t.ctx); err != nil {
		return err
	}
	slices.SortFunc(t.files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return t.shelf.drop()
}

// writePartition writes a file of what waits for it.
func (t *table) writePartition(p *partition) (err error) {
	if p.out.rows == 0 {
		return nil
	}
	o, err := t.newOutput(t.pub.name(p.path, p.out.files))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			o.w.Abort()
		}
	}()
	for _, s := range p.out.chunks {
		data, err := t.shelf.take(s)
		if err != nil {
			return err
		}
		c, err := t.format.Restore(data)
		if err != nil {
			return err
		}
		if err := o.f.Append(c); err != nil {
			return err
		}
	}
	o.rows = p.out.rows
	if err := o.f.Close(); err != nil {
		return err
	}
	if err := o.commit(); err != nil {
		return err
	}
	f := o.describe()
	f.Name, f.Partition = store.Join(p.path, f.Name), p.values
	p.out = partitionFiles{files: p.out.files + 1}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.files = append(t.files, f)
	observe(t.pub, f.Name, o.f)
	return nil
}
