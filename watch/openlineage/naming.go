package openlineage

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
)

// source is a dataset that a run reads.
type source struct {
	namespace, name string
	only            bool // it is the only one
	files           int
	size            int64
}

// sources returns the datasets that a run reads: for a pattern the folder above its
// first wildcard, which is the name that the writers of the folder use; for a query
// its files, or their folder if there are several.
func (x *Run) sources(s runs.Source) []source {
	var paths []string
	add := func(p string) {
		if p != "" && !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	switch s.Kind {
	case runs.Files:
		for _, p := range s.Patterns {
			add(folder(p))
		}
	case runs.Query:
		add(s.Database)
		inFolder := map[string]int{}
		for _, f := range s.Files {
			inFolder[path.Dir(f.Name)]++
		}
		for _, f := range s.Files {
			if dir := path.Dir(f.Name); inFolder[dir] > 1 {
				add(dir)
			} else {
				add(f.Name)
			}
		}
	}
	var list []source
	for _, p := range paths {
		d := source{only: len(paths) == 1}
		d.namespace, d.name = x.name(p)
		for _, f := range s.Files {
			ns, name := x.name(f.Name)
			if ns == d.namespace && (name == d.name || strings.HasPrefix(name, strings.TrimSuffix(d.name, "/")+"/")) {
				d.files++
				d.size += f.Size
			}
		}
		list = append(list, d)
	}
	return list
}

// folder returns the part of a pattern before its first element with a wildcard.
func folder(pattern string) string {
	place, _ := store.CutParameters(pattern)
	at := strings.IndexAny(place, "*?[{")
	if at < 0 {
		return pattern
	}
	slash := strings.LastIndex(pattern[:at], "/")
	if slash < 0 {
		return "."
	}
	return pattern[:max(slash, 1)]
}

// name returns namespace and name of a path or URL, by the rules of the
// specification for names: the bucket is in the namespace, and the key is the name;
// of local files, the name is the path.
func (x *Run) name(where string) (namespace, name string) {
	if plain, err := store.Plain(where); err == nil {
		where = plain
	}
	scheme, rest, isURL := strings.Cut(where, "://")
	if !isURL || scheme == "file" {
		if isURL {
			where = "/" + strings.TrimPrefix(strings.TrimPrefix(rest, "localhost"), "/")
		}
		if abs, err := filepath.Abs(where); err == nil {
			where = abs
		}
		return "file", filepath.ToSlash(where)
	}
	place, query := store.CutParameters(where)
	rest = place[len(scheme)+len("://"):]
	bucket, key, _ := strings.Cut(rest, "/")
	if key = strings.Trim(key, "/"); key == "" {
		// Where the key stands in the query, as gocloud has it: prefix=a/b/.
		key = strings.Trim(parameter(query, "prefix"), "/")
	}
	if key == "" {
		key = "/"
	}
	if account := cmp.Or(parameter(query, "storage_account"), x.Account); scheme == "azblob" && account != "" {
		return "wasbs://" + bucket + "@" + account + ".blob.core.windows.net", key
	}
	return scheme + "://" + bucket, key
}

// parameter returns the value of a parameter of a store, or "".
func parameter(query, name string) (value string) {
	for param := range strings.SplitSeq(query, "&") {
		if v, ok := strings.CutPrefix(param, name+"="); ok {
			value = v
		}
	}
	return value
}
