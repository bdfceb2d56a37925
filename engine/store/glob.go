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
// folders, and {a,b} for either, unless there is a name with these braces in it.
// Wildcards do not match the start of a hidden name. A pattern
// without wildcards names the object, or all that is not hidden in the folder
// of that name. The result is empty if nothing matches.
func (s *Store) Glob(ctx context.Context, pattern string) ([]Object, error) {
	pattern = strings.TrimSuffix(pattern, "/")
	g := &globber{s: s, ctx: ctx}
	patterns := []string{pattern}
	if more := ExpandBraces(pattern); len(more) > 1 {
		patterns = append(patterns, more...)
	}
	for _, pattern := range patterns {
		parts := strings.Split(pattern, "/")
		for _, p := range parts {
			if _, err := path.Match(p, ""); err != nil {
				return nil, fmt.Errorf("pattern %q: %w", p, err)
			}
		}
		if err := g.walk("", parts); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(g.found, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(g.found, func(a, b Object) bool { return a.Name == b.Name }), nil
}

type globber struct {
	s     *Store
	ctx   context.Context
	found []Object
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
		return g.leaf(dir, first)
	}
	var folders []string
	err := g.s.List(g.ctx, dir+literal(first), false, func(o Object) error {
		base, isFolder := strings.CutSuffix(o.Name[len(dir):], "/")
		switch {
		case isFolder == (len(rest) == 0) || !match(first, base):
		case isFolder:
			folders = append(folders, o.Name)
		default:
			g.found = append(g.found, o)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range folders {
		if err := g.walk(f, rest); err != nil {
			return err
		}
	}
	return nil
}

// walkDeep matches rest against every tail of the names below dir.
func (g *globber) walkDeep(dir string, rest []string) error {
	return g.s.List(g.ctx, dir, true, func(o Object) error {
		if matchDeep(rest, strings.Split(o.Name[len(dir):], "/")) {
			g.found = append(g.found, o)
		}
		return nil
	})
}

// leaf adds the object dir+base, or the folder's content.
func (g *globber) leaf(dir, base string) error {
	name := dir + base
	isFolder := name == ""
	err := g.s.List(g.ctx, name, false, func(o Object) error {
		switch o.Name {
		case name:
			g.found = append(g.found, o)
		case name + "/":
			isFolder = true
		}
		return nil
	})
	if err != nil || !isFolder {
		return err
	}
	if name != "" {
		name += "/"
	}
	return g.walkDeep(name, nil)
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
	case len(parts) == 0:
		return len(name) == 0
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

// ExpandBraces turns a{b,c}d into abd and acd.
func ExpandBraces(p string) []string {
	open := strings.IndexByte(p, '{')
	if open < 0 {
		return []string{p}
	}
	depth, from := 0, open+1
	var mids []string
	for i := open; i < len(p); i++ {
		switch p[i] {
		case '{':
			depth++
		case ',':
			if depth == 1 {
				mids, from = append(mids, p[from:i]), i+1
			}
		case '}':
			if depth--; depth > 0 {
				continue
			}
			mids = append(mids, p[from:i])
			var all []string
			for _, m := range mids {
				all = append(all, ExpandBraces(p[:open]+m+p[i+1:])...)
			}
			return all
		}
	}
	return []string{p}
}
