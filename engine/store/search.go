package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"gocloud.dev/gcerrors"
	"golang.org/x/sync/errgroup"
)

// Search is what a pattern names in a store, and what was seen beside it.
type Search struct {
	Store   *Store
	Pattern string // the name in the store
	Found   []Object

	seen *seen
}

// Objects returns what was found by the names by which people know it: paths or URLs.
func (s *Search) Objects() []Object {
	list := slices.Clone(s.Found)
	for i, o := range list {
		list[i].Name = s.Store.URL(o.Name)
	}
	return list
}

// Names reports whether the pattern names an object of this name, which is not hidden.
func (s *Search) Names(name string) bool {
	parts := strings.Split(name, "/")
	for _, p := range ExpandBraces(s.Pattern) {
		if p == "" && !slices.ContainsFunc(parts, Hidden) || matchAll(strings.Split(p, "/"), parts) {
			return true
		}
	}
	return strings.HasPrefix(name, s.Pattern+"/")
}

// markFolders are the names of folders that, together with what is in them, tell
// what the folder is that they are in, and that are not hidden.
var markFolders = []string{"metadata", "snapshot", "manifest", "schema"}

// Marks returns the names in a folder that tell what it is: those that are hidden,
// and some others. Folders have a slash at the end. A folder that may not be listed has
// none. folder is empty or ends in a slash.
func (s *Search) Marks(ctx context.Context, folder string) ([]string, error) {
	if d, ok := s.Store.Driver.(*fileDriver); ok {
		return d.marks(folder)
	}
	if names, ok := s.seen.in(folder); ok {
		return names, nil
	}
	var mu sync.Mutex
	var names []string
	g, ctx := errgroup.WithContext(ctx)
	look := func(prefix string, one string) {
		g.Go(func() error {
			return s.list(ctx, prefix, func(o Object) error {
				mu.Lock()
				defer mu.Unlock()
				if one != "" {
					names = append(names, one)
					return errEnough
				}
				names = append(names, o.Name[len(folder):])
				return nil
			})
		})
	}
	look(folder+"_", "")
	look(folder+".", "")
	for _, name := range markFolders {
		look(folder+name+"/", name+"/")
	}
	err := g.Wait()
	return names, err
}

// Any reports whether a name in a folder is as wanted, and returns the first.
func (s *Search) Any(ctx context.Context, folder string, wanted func(base string) bool) (string, error) {
	name := ""
	err := s.list(ctx, folder, func(o Object) error {
		if base := strings.TrimSuffix(o.Name[len(folder):], "/"); base != "" && wanted(base) {
			name = base
			return errEnough
		}
		return nil
	})
	return name, err
}

var errEnough = errors.New("enough was seen")

// list is List of names, up to errEnough and without what may not be listed.
func (s *Search) list(ctx context.Context, prefix string, fn func(Object) error) error {
	err := s.Store.List(ctx, prefix, false, fn)
	if errors.Is(err, errEnough) || errors.Is(err, fs.ErrPermission) || gcerrors.Code(err) == gcerrors.PermissionDenied {
		return nil
	}
	return err
}

// marks looks for names in a local folder.
func (d *fileDriver) marks(folder string) ([]string, error) {
	var names []string
	entries, err := os.ReadDir(d.path(folder))
	switch {
	case errors.Is(err, fs.ErrPermission):
		for _, name := range append([]string{"_delta_log", "_spark_metadata", "_leapscore", "_temporary", "_SUCCESS", ".hoodie"}, markFolders...) {
			if info, err := os.Stat(d.path(folder + name)); err == nil {
				names = append(names, marked(name, info.IsDir()))
			}
		}
		return names, nil
	case err != nil:
		return nil, nil // there is no such folder
	}
	for _, e := range entries {
		if Hidden(e.Name()) || slices.Contains(markFolders, e.Name()) {
			info, err := os.Stat(d.path(folder + e.Name()))
			names = append(names, marked(e.Name(), err == nil && info.IsDir()))
		}
	}
	return names, nil
}

func marked(name string, isFolder bool) string {
	if isFolder {
		return name + "/"
	}
	return name
}

// seen is what a search has come across: the marks of folders, and which folders it
// has looked through.
type seen struct {
	marks map[string]map[string]bool
	whole map[string]bool
	deep  []string
}

func newSeen() *seen { return &seen{marks: map[string]map[string]bool{}, whole: map[string]bool{}} }

// folder notes that the names with a prefix are listed.
func (s *seen) folder(prefix string, deep bool) {
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		return
	}
	if deep {
		s.deep = append(s.deep, prefix)
	}
	s.whole[prefix] = true
}

// add notes the marks in a name that was listed by its prefix.
func (s *seen) add(name, prefix string) {
	at := strings.LastIndexByte(prefix, '/') + 1
	for at < len(name) {
		base, rest, more := strings.Cut(name[at:], "/")
		if Hidden(base) || more && slices.Contains(markFolders, base) {
			if s.marks[name[:at]] == nil {
				s.marks[name[:at]] = map[string]bool{}
			}
			s.marks[name[:at]][marked(base, more)] = true
		}
		if Hidden(base) || !more {
			return
		}
		at = len(name) - len(rest)
	}
}

// in returns the marks of a folder, and whether it was looked through.
func (s *seen) in(folder string) (names []string, ok bool) {
	if s == nil {
		return nil, false
	}
	ok = s.whole[folder] || slices.ContainsFunc(s.deep, func(d string) bool { return strings.HasPrefix(folder, d) })
	for name := range s.marks[folder] {
		names = append(names, name)
	}
	return names, ok
}

// IsLocal reports whether the objects are files of this machine.
func (s *Store) IsLocal() bool {
	_, ok := s.Driver.(*fileDriver)
	return ok
}

// Above returns the folder above a folder, and false for the root.
func Above(folder string) (string, bool) {
	trimmed := strings.TrimSuffix(folder, "/")
	if trimmed == "" {
		return "", false
	}
	dir, _ := path.Split(trimmed)
	return dir, true
}
