package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// ChangedError reports an object that is no longer as a listing described it.
type ChangedError struct {
	Name string // a path or a URL
	Gone bool
}

func (e *ChangedError) Error() string {
	if e.Gone {
		return e.Name + ": was removed while it was read; run it again when nobody writes there"
	}
	return e.Name + ": changed while it was read; run it again when nobody writes there"
}

// checksAtOnce is how many requests Verify makes at once.
const checksAtOnce = 32

// Verify checks that objects are as List or Glob described them: of local files
// size, time and inode, of others size and tag. The error is *ChangedError for the
// first that is not.
func (s *Store) Verify(ctx context.Context, objects []Object) error {
	if d, ok := s.Driver.(*fileDriver); ok {
		for _, o := range objects {
			if err := d.unchanged(ctx, o); err != nil {
				return err
			}
		}
		return nil
	}
	byFolder := map[string][]Object{}
	for _, o := range objects {
		dir, _ := split(o.Name)
		byFolder[dir] = append(byFolder[dir], o)
	}
	var mu sync.Mutex
	now := map[string]Object{}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(checksAtOnce)
	for _, list := range byFolder {
		g.Go(func() error {
			return s.List(ctx, commonPrefix(list), false, func(o Object) error {
				mu.Lock()
				defer mu.Unlock()
				now[o.Name] = o
				return nil
			})
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, o := range objects {
		is, ok := now[o.Name]
		if !ok || is.Size != o.Size || is.ETag != o.ETag {
			return &ChangedError{Name: s.URL(o.Name), Gone: !ok}
		}
	}
	return nil
}

func commonPrefix(list []Object) string {
	p := list[0].Name
	for _, o := range list[1:] {
		for !strings.HasPrefix(o.Name, p) {
			p = p[:len(p)-1]
		}
	}
	return p
}

func (d *fileDriver) unchanged(ctx context.Context, o Object) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := os.Stat(d.path(o.Name))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return &ChangedError{Name: d.path(o.Name), Gone: true}
	case err != nil:
		return err
	case fileObject(o.Name, info) != o:
		return &ChangedError{Name: d.path(o.Name)}
	}
	return nil
}
