package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"leapscore/engine/store"
)

// manifestPattern finds the manifests in the folder of a table that leapscore wrote
// to an object store. The one with the greatest number lists the table: what it does
// not name is of runs that are under way, dead or replaced. Package sinks has the
// rule at length.
const manifestFolder = "/_leapscore/manifests/"

// GlobTable is opener.Glob, without what is not part of a table on an object store.
// If the table is replaced while it is looked at, it looks again.
func GlobTable(ctx context.Context, opener Opener, pattern string) ([]store.Object, error) {
	const tries = 3
	for try := 1; ; try++ {
		found, err := opener.Glob(ctx, pattern)
		if err != nil {
			return nil, err
		}
		found, missing, err := inManifest(ctx, opener, pattern, found)
		switch {
		case err != nil && !errors.Is(err, store.ErrNotExist):
			return nil, err
		case err == nil && missing == "":
			return found, nil
		case try < tries:
			continue
		case err == nil:
			err = errors.New("the table lists it, and it is not there; it may have been replaced just now")
		}
		return nil, &FileError{Name: missing, Err: err}
	}
}

// inManifest returns the objects that the manifest of their table names, or all if
// there is none, and one that it names and that is not there.
func inManifest(ctx context.Context, opener Opener, pattern string, found []store.Object) ([]store.Object, string, error) {
	base, query := pattern, ""
	base, query = store.CutParameters(pattern)
	if base != pattern {
		query = "?" + query
	}
	if len(found) == 1 && found[0].Name == base {
		return found, "", nil // a file that was named
	}
	for _, root := range tableRoots(base) {
		manifests, err := opener.Glob(ctx, root+manifestFolder+"*.json"+query)
		if err != nil {
			return nil, "", err
		}
		last := ""
		for _, o := range manifests {
			if strings.Contains(o.Name, manifestFolder) { // some openers know one answer only
				last = max(last, o.Name)
			}
		}
		if last == "" {
			continue
		}
		live, err := readManifest(ctx, opener, last)
		if err != nil {
			return nil, last, err
		}
		folder := last[:strings.LastIndex(last, manifestFolder)+1]
		return liveObjects(found, folder, live, root == strings.TrimSuffix(base, "/"))
	}
	return found, "", nil
}

// tableRoots returns the folders in which a manifest may be for what a pattern
// matches: its fixed part, and those above it while they are partitions.
func tableRoots(pattern string) []string {
	fixed := strings.TrimSuffix(pattern, "/")
	if at := strings.IndexAny(fixed, `*?[{\`); at >= 0 {
		fixed = fixed[:strings.LastIndexByte(fixed[:at], '/')+1]
		fixed = strings.TrimSuffix(fixed, "/")
	}
	roots := []string{fixed}
	for {
		at := strings.LastIndexByte(fixed, '/')
		if at < 0 || !strings.Contains(fixed[at:], "=") {
			return roots
		}
		fixed = fixed[:at]
		roots = append(roots, fixed)
	}
}

func readManifest(ctx context.Context, opener Opener, name string) (map[string]bool, error) {
	r, err := opener.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	type file struct{ Name string }
	var m struct{ Files, Kept []file }
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	live := make(map[string]bool)
	for _, f := range append(m.Kept, m.Files...) {
		live[f.Name] = true
	}
	return live, nil
}

// liveObjects returns the objects that are live or not in the folder. If all of the
// table was asked for, all that is live must be there.
func liveObjects(found []store.Object, folder string, live map[string]bool, all bool) ([]store.Object, string, error) {
	var kept []store.Object
	there := make(map[string]bool)
	for _, o := range found {
		rel, inside := strings.CutPrefix(o.Name, folder)
		if !inside || live[rel] {
			kept = append(kept, o)
			there[rel] = true
		}
	}
	if all {
		for rel := range live {
			if !there[rel] {
				return nil, folder + rel, nil
			}
		}
	}
	return kept, "", nil
}
