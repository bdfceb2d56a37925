// Package infer finds types for columns of text. Text has no types, and a query needs
// numbers: the types of its columns are those that all values of all rows have. A
// sample would not do, since the first value behind it that is of another type would
// be rounded, or be lost.
package infer

import (
	"context"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	sourcetext "leapscore/sources/text"
)

// inference is one pass over columns of text.
type inference struct {
	cols   []string
	wanted map[string]arrow.DataType
	only   Kind

	mu  sync.Mutex
	all []textColumn
	err error
}

// Types returns the types of the columns cols of a source, which are text. Of
// those that have a wanted type, it is the wanted one if all values are of it.
func Types(ctx context.Context, src sources.Source, cols []string, only Kind, wanted map[string]arrow.DataType, workers int) (map[string]arrow.DataType, error) {
	n := &inference{cols: cols, wanted: wanted, only: only}
	n.all = n.columns()
	defer release(n.all)
	scan, err := src.Scan(ctx, cols)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			if err := n.work(ctx, scan); err != nil {
				n.mu.Lock()
				if n.err == nil {
					n.err = err
				}
				n.mu.Unlock()
				cancel()
			}
		})
	}
	wg.Wait()
	if err := scan.Close(); n.err == nil {
		n.err = err
	}
	types := map[string]arrow.DataType{}
	for i, name := range cols {
		if types[name] = n.all[i].typ(); wanted[name] != nil && !n.all[i].misfits {
			types[name] = wanted[name]
		}
	}
	return types, n.err
}

func (n *inference) columns() []textColumn {
	list := make([]textColumn, len(n.cols))
	for i, name := range n.cols {
		list[i].may = n.only
		if t := n.wanted[name]; t != nil {
			list[i].wanted = sourcetext.NewCheck(t)
			list[i].misfits = list[i].wanted == nil
		}
	}
	return list
}

func release(list []textColumn) {
	for i := range list {
		if list[i].wanted != nil {
			list[i].wanted.Release()
		}
	}
}

// work looks at one split after the other.
func (n *inference) work(ctx context.Context, scan sources.Scan) error {
	own := n.columns()
	defer release(own)
	for {
		split, err := scan.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = split.Each(ctx, memory.NewGoAllocator(), func(b sources.Batch) error {
				from := 0
				for _, bad := range append(b.Bad, sources.BadRow{Row: int(b.NumRows())}) {
					part := b.NewSlice(int64(from), int64(bad.Row)) // bad rows tell nothing
					for i := range own {
						own[i].batch(part.Column(i))
					}
					part.Release()
					from = min(bad.Row+1, int(b.NumRows()))
				}
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range own {
		n.all[i].join(&own[i])
	}
	return nil
}
