package files

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"leapscore/engine/store"
	"leapscore/internal/hive"
	"leapscore/sources"
)

// Find returns the files that a pattern names. It is the one way by which inputs are
// found. A table is not its files: of a table that leapscore wrote, those that its
// manifest lists are returned, and a file of any other table is a *TableError.
// If the table is replaced while it is looked at, Find looks again.
func Find(ctx context.Context, opener sources.Opener, pattern string, rules sources.Rules) ([]store.Object, error) {
	ex, ok := opener.(Explorer)
	if !ok {
		return opener.Glob(ctx, pattern)
	}
	const tries = 3
	for try := 1; ; try++ {
		s, err := ex.Search(ctx, pattern)
		if err != nil {
			return nil, err
		}
		if rules.AsFiles && !rules.RequireSuccess {
			return s.Objects(), nil
		}
		found, err := newGuard(s, &rules).check(ctx)
		if err == nil || !errors.Is(err, store.ErrNotExist) || try == tries {
			return found, err
		}
	}
}

// guard holds what a search found against the tables that it belongs to.
type guard struct {
	s      *store.Search // by which files were found
	around *store.Search // that looks into folders
	rules  *sources.Rules
	local  bool
	known  map[string]*folder
	real   map[string]string // where folders are that links lead to
}

// folder is what is known of a folder.
type folder struct {
	marks []string
	own   *ownTable // that it belongs to, if leapscore wrote one
	alien *TableError
}

func newGuard(s *store.Search, rules *sources.Rules) *guard {
	g := &guard{s: s, around: s, rules: rules, local: s.Store.IsLocal(), known: map[string]*folder{}, real: map[string]string{}}
	if g.local {
		g.around = &store.Search{Store: store.Here()} // by absolute names
	}
	return g
}

// warn tells what is doubtful.
func (g *guard) warn(msg string) {
	if g.rules.Warn != nil {
		g.rules.Warn(msg)
	}
}

// check returns the files that are rows.
func (g *guard) check(ctx context.Context) ([]store.Object, error) {
	objects := g.s.Objects()
	var kept []store.Object
	left := map[*ownTable][]string{}
	for i, o := range g.s.Found {
		own, rel, err := g.table(ctx, o.Name)
		if err != nil {
			return nil, err
		}
		if own != nil && !g.rules.AsFiles && !strings.HasPrefix(rel, ownFolder) {
			own.meet(o.Name, rel)
			if !own.live[rel] {
				left[own] = append(left[own], objects[i].Name)
				continue
			}
		}
		kept = append(kept, objects[i])
	}
	if len(g.s.Found) == 0 {
		name := g.fixed() + "x"
		own, rel, err := g.table(ctx, name)
		if err != nil {
			return nil, err
		}
		if own != nil && !g.rules.AsFiles {
			own.meet(name, rel) // a table may list files and have none of them
		}
	}
	for own, names := range left {
		if err := g.leave(ctx, own, names); err != nil {
			return nil, err
		}
	}
	for _, f := range g.known {
		if err := g.missing(f.own); err != nil {
			return nil, err
		}
	}
	return kept, g.finished(ctx)
}

// fixed is the folder that the pattern begins with.
func (g *guard) fixed() string {
	p := g.s.Pattern
	if at := strings.IndexAny(p, `*?[{\`); at >= 0 {
		return p[:strings.LastIndexByte(p[:at], '/')+1]
	}
	if p == "" {
		return ""
	}
	return p + "/"
}

// table returns the table of leapscore's that a file belongs to, and its name in it.
// It is a *TableError if the file belongs to another table.
func (g *guard) table(ctx context.Context, name string) (own *ownTable, rel string, err error) {
	for _, n := range g.names(name) {
		f, err := g.folder(ctx, n[:strings.LastIndexByte(n, '/')+1])
		if err == nil && f.alien != nil && !g.rules.AsFiles {
			err = f.alien
		}
		if err != nil {
			return nil, "", err
		}
		if f.own != nil && own == nil {
			own, rel = f.own, strings.TrimPrefix(n, f.own.root)
		}
	}
	return own, rel, nil
}

// names are those that a file has: of a local one, as it is spelled and where links
// lead to, since either may lie in a table.
func (g *guard) names(name string) []string {
	full := g.spelled(name)
	if !g.local {
		return []string{full}
	}
	real := full
	if info, err := os.Lstat(full); err == nil && info.Mode()&os.ModeSymlink != 0 {
		if target, err := filepath.EvalSymlinks(full); err == nil {
			real = filepath.ToSlash(target)
		}
	} else {
		dir, base := path.Split(full)
		if _, ok := g.real[dir]; !ok {
			g.real[dir] = dir
			if target, err := filepath.EvalSymlinks(dir); err == nil {
				g.real[dir] = strings.TrimSuffix(filepath.ToSlash(target), "/") + "/"
			}
		}
		real = g.real[dir] + base
	}
	if real == full {
		return []string{full}
	}
	return []string{full, real}
}

// spelled is the full name of a file: of a local one, its absolute path.
func (g *guard) spelled(name string) string {
	if !g.local {
		return name
	}
	name = g.s.Store.URL(name)
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	return filepath.ToSlash(name)
}

// folder returns what is known of a folder, which is what it is itself, or what the
// one above it is.
func (g *guard) folder(ctx context.Context, name string) (*folder, error) {
	if f, ok := g.known[name]; ok {
		return f, nil
	}
	marks, err := g.around.Marks(ctx, name)
	if err != nil {
		return nil, err
	}
	f := &folder{marks: marks}
	if f.alien, err = g.alien(ctx, name, marks); err != nil {
		return nil, err
	}
	if f.alien == nil {
		if f.own, err = g.own(ctx, name, marks); err != nil {
			return nil, err
		}
	}
	if f.alien == nil && f.own == nil {
		if above, ok := store.Above(name); ok {
			up, err := g.folder(ctx, above)
			if err != nil {
				return nil, err
			}
			f.alien, f.own = up.alien, up.own
		}
	}
	g.known[name] = f
	return f, nil
}

// finished looks for signs of a job that has not ended.
func (g *guard) finished(ctx context.Context) error {
	asked := map[string]bool{}
	for _, o := range g.s.Found {
		name := g.spelled(o.Name)
		root := g.jobFolder(name)
		spark := sparkPart.MatchString(path.Base(name))
		if asked[root] || asked[root+" spark"] || asked[root+" other"] && !spark {
			continue
		}
		kind := " other"
		if spark {
			kind = " spark"
		}
		asked[root+kind] = true
		f, err := g.folder(ctx, root)
		if err != nil {
			return err
		}
		if f.own != nil {
			continue
		}
		doubt := f.doubt(g.around.Store.URL(root), spark || g.rules.RequireSuccess)
		switch {
		case doubt == "":
		case g.rules.RequireSuccess:
			return &UnfinishedError{doubt}
		default:
			asked[root] = true
			g.warn(doubt + "; --require-success makes an error of it")
		}
	}
	return nil
}

// jobFolder is the folder that a job has written a file to: partitions are in it.
func (g *guard) jobFolder(name string) string {
	dir := name[:strings.LastIndexByte(name, '/')+1]
	for {
		above, ok := store.Above(dir)
		if _, partition := hive.Parse(path.Base(dir)); !ok || !partition {
			return dir
		}
		dir = above
	}
}
