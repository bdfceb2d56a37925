package store

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// HasMeta reports whether name is a pattern.
func HasMeta(name string) bool { return strings.ContainsAny(name, `*?[\`) }

// Hidden reports whether a path component is invisible to readers of tables:
// it starts with a dot or an underscore, as _SUCCESS and _temporary do.
func Hidden(base string) bool {
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
}

// Glob returns the objects that a pattern names, in byte order of names. The
// pattern language is path.Match's, a component ** stands for any number of
// folders, and {a,b} for either. Wildcards do not match the start of a hidden
// name. A match is an object, or a folder, which stands for all
// that is not hidden in it. An object or a folder whose name is the pattern, letter
// for letter, is what the pattern names, and so are names with the braces in them.
// Folders that are links are followed. The result is empty if nothing matches; a
// link to nothing that matches is an error, and so is what is no file.
func (s *Store) Glob(ctx context.Context, pattern string) ([]Object, error) {
	found, err := s.Explore(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return found.Found, nil
}

// Explore is Glob, and keeps what it saw beside the objects.
func (s *Store) Explore(ctx context.Context, pattern string) (*Search, error) {
	if slash := strings.HasPrefix(pattern, "/"); !slash || len(pattern) > 1 {
		pattern = strings.TrimSuffix(pattern, "/")
	}
	g := &globber{s: s, ctx: ctx, seen: newSeen()}
	if err := g.all(pattern); err != nil {
		return nil, err
	}
	slices.SortFunc(g.found, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	g.found = slices.CompactFunc(g.found, func(a, b Object) bool { return a.Name == b.Name })
	for _, o := range g.found {
		if o.odd != "" {
			return nil, fmt.Errorf("%s: %s", s.URL(o.Name), o.odd)
		}
	}
	return &Search{Store: s, Pattern: pattern, Found: g.found, seen: g.seen}, nil
}

type globber struct {
	s     *Store
	ctx   context.Context
	seen  *seen
	found []Object
}

// all adds what a pattern names.
func (g *globber) all(pattern string) error {
	if strings.ContainsAny(pattern, `*?[\{`) {
		// A name that is spelled so, as shells give them.
		if there, err := g.leaf(split(pattern)); there || err != nil {
			return err
		}
	}
	patterns := []string{pattern}
	if more := ExpandBraces(pattern); len(more) > 1 {
		patterns = append(patterns, more...)
	}
	for _, pattern := range patterns {
		parts := strings.Split(pattern, "/")
		for _, p := range parts {
			if _, err := path.Match(p, ""); err != nil {
				return fmt.Errorf("pattern %q: %w", p, err)
			}
		}
		if err := g.walk("", parts); err != nil {
			return err
		}
	}
	return nil
}

// list lists names, those that cannot be read too. past says that hidden folders
// are of no interest.
func (g *globber) list(prefix string, deep, past bool, fn func(Object) error) error {
	if d, ok := g.s.Driver.(*fileDriver); ok {
		return d.walk(g.ctx, prefix, walking{deep: deep, odd: true, past: past}, fn)
	}
	g.seen.folder(prefix, deep)
	return g.s.List(g.ctx, prefix, deep, func(o Object) error {
		g.seen.add(o.Name, prefix)
		return fn(o)
	})
}

// walk adds what parts match below dir, which is empty or ends in a slash.
func (g *globber) walk(dir string, parts []string) error {
	first, rest := parts[0], parts[1:]
	switch {
	case first == "**":
		return g.walkDeep(dir, rest)
	case !HasMeta(first) && len(rest) > 0:
		return g.walk(dir+first+"/", rest)
	case !HasMeta(first):
		_, err := g.leaf(dir, first)
		return err
	}
	var folders []string
	err := g.list(dir+literal(first), false, false, func(o Object) error {
		base, isFolder := strings.CutSuffix(o.Name[len(dir):], "/")
		switch {
		case !match(first, base):
		case isFolder:
			folders = append(folders, o.Name)
		case len(rest) == 0:
			g.found = append(g.found, o)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range folders {
		if len(rest) == 0 {
			err = g.walkDeep(f, nil)
		} else {
			err = g.walk(f, rest)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// walkDeep matches rest against every tail of the names below dir.
func (g *globber) walkDeep(dir string, rest []string) error {
	return g.list(dir, true, !slices.ContainsFunc(rest, Hidden), func(o Object) error {
		if matchDeep(rest, strings.Split(o.Name[len(dir):], "/")) {
			g.found = append(g.found, o)
		}
		return nil
	})
}

// leaf adds the object dir+base, or the folder's content, and reports whether there
// is either.
func (g *globber) leaf(dir, base string) (bool, error) {
	name := dir + base
	isObject, isFolder := false, name == ""
	if d, ok := g.s.Driver.(*fileDriver); ok {
		o, err := d.lookup(g.ctx, name)
		if err != nil {
			return false, err
		}
		if isFolder = isFolder || strings.HasSuffix(o.Name, "/"); !isFolder && o.Name != "" {
			isObject, g.found = true, append(g.found, o)
		}
	} else if err := g.list(name, false, false, func(o Object) error {
		switch o.Name {
		case name:
			isObject, g.found = true, append(g.found, o)
		case name + "/":
			isFolder = true
		}
		return nil
	}); err != nil {
		return false, err
	}
	if !isFolder {
		return isObject, nil
	}
	if name != "" {
		name = strings.TrimSuffix(name, "/") + "/"
	}
	return true, g.walkDeep(name, nil)
}

// matchDeep matches the components of a name against "**" followed by rest.
func matchDeep(rest, name []string) bool {
	if len(rest) == 0 {
		return !slices.ContainsFunc(name, Hidden)
	}
	for {
		if matchAll(rest, name) {
			return true
		}
		if len(name) == 0 || Hidden(name[0]) {
			return false
		}
		name = name[1:]
	}
}

func matchAll(parts, name []string) bool {
	switch {
	case len(parts) == 0: // all below a folder that was matched
		return !slices.ContainsFunc(name, Hidden)
	case parts[0] == "**":
		return matchDeep(parts[1:], name)
	case len(name) == 0 || !match(parts[0], name[0]):
		return false
	}
	return matchAll(parts[1:], name[1:])
}

func match(pattern, base string) bool {
	if Hidden(base) && !Hidden(pattern) {
		return false
	}
	ok, _ := path.Match(pattern, base) // checked by Glob
	return ok
}

// literal is what every match of pattern starts with.
func literal(pattern string) string {
	i := strings.IndexAny(pattern, `*?[\`)
	if i < 0 {
		return pattern
	}
	return pattern[:i]
}

// ExpandBraces turns a{b,c}d into abd and acd. Braces without a comma are letters.
func ExpandBraces(p string) []string {
	for open := range len(p) {
		if p[open] != '{' {
			continue
		}
		mids, end := alternatives(p, open)
		if len(mids) < 2 {
			continue
		}
		var all []string
		for _, m := range mids {
			all = append(all, ExpandBraces(p[:open]+m+p[end:])...)
		}
		return all
	}
	return []string{p}
}

// alternatives returns what the braces that open at a place hold between commas, and
// where they end: nothing if they do not.
func alternatives(p string, open int) (mids []string, end int) {
	depth, from := 0, open+1
	for i := open; i < len(p); i++ {
		switch p[i] {
		case '{':
			depth++
		case ',':
			if depth == 1 {
				mids, from = append(mids, p[from:i]), i+1
			}
		case '}':
			if depth--; depth == 0 {
				return append(mids, p[from:i]), i + 1
			}
		}
	}
	return nil, 0
}
