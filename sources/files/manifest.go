package files

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/sources"
)

// Names in the folder of a table that leapscore wrote. On an object store, the
// manifest with the greatest number lists the table: what it does not name is of runs
// that are under way, dead or replaced. On disks _SUCCESS does. Package sinks has the
// rule at length.
const (
	ownFolder    = "_leapscore/"
	manifestMark = ownFolder + "manifests/"
	successName  = "_SUCCESS"
)

// ownTable is a table that leapscore wrote.
type ownTable struct {
	root  string // its folder, with a slash
	live  map[string]bool
	chain bool // it is on an object store, where files of other runs come and go
	whole bool // live has all files of the table

	in    string // the root in the names of the search
	found bool   // one of its files was
	there map[string]bool
}

// ownManifest is what a manifest says of files.
type ownManifest struct {
	RunID       string `json:"run_id"`
	Version     string `json:"leapscore_version"`
	Files, Kept []struct{ Name string }
}

func (m *ownManifest) liveFiles() map[string]bool {
	live := map[string]bool{}
	for _, f := range slices.Concat(m.Kept, m.Files) {
		live[f.Name] = true
	}
	return live
}

// own returns the table in a folder, or nil if leapscore has written none there.
func (g *guard) own(ctx context.Context, folder string, marks []string) (*ownTable, error) {
	if slices.Contains(marks, ownFolder) {
		last := ""
		_, err := g.around.Any(ctx, folder+manifestMark, func(base string) bool {
			if strings.HasSuffix(base, ".json") {
				last = max(last, base)
			}
			return false
		})
		if err != nil {
			return nil, err
		}
		if last != "" {
			m, err := g.readManifest(ctx, folder+manifestMark+last)
			if err != nil {
				return nil, err
			}
			return &ownTable{root: folder, live: m.liveFiles(), chain: true, whole: true, there: map[string]bool{}}, nil
		}
	}
	if !slices.Contains(marks, successName) {
		return nil, nil
	}
	return g.ownOnDisk(ctx, folder)
}

// ownOnDisk reads the _SUCCESS of a folder, which others have too.
func (g *guard) ownOnDisk(ctx context.Context, folder string) (*ownTable, error) {
	data, err := g.around.Store.ReadFile(ctx, folder+successName)
	if err != nil {
		return nil, err
	}
	var m ownManifest
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) || json.Unmarshal(data, &m) != nil || m.RunID == "" || m.Version == "" {
		return nil, nil
	}
	own := &ownTable{root: folder, live: m.liveFiles(), whole: m.Kept != nil, there: map[string]bool{}}
	if !own.whole {
		err = g.history(ctx, own, m.RunID)
	}
	return own, err
}

// history adds the files of the runs before the last one that the table has kept,
// which its manifest does not name if an earlier version of leapscore has written it.
func (g *guard) history(ctx context.Context, own *ownTable, run string) error {
	seen := map[string]bool{}
	for run != "" && !seen[run] {
		seen[run] = true
		data, err := g.around.Store.ReadFile(ctx, own.root+ownFolder+run+".json")
		if errors.Is(err, store.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		var r struct {
			Previous string
			Output   struct {
				Mode  string
				Files []struct{ Name string }
			}
		}
		if err := json.Unmarshal(data, &r); err != nil {
			return fmt.Errorf("%s: %w", g.around.Store.URL(own.root+ownFolder+run+".json"), err)
		}
		for _, f := range r.Output.Files {
			if ok, err := g.around.Store.Exists(ctx, own.root+f.Name); err != nil {
				return err
			} else if ok {
				own.live[f.Name] = true
			}
		}
		if r.Output.Mode != "append" && r.Output.Mode != "overwrite-partitions" {
			own.whole = true
			return nil
		}
		run = r.Previous
	}
	return nil
}

func (g *guard) readManifest(ctx context.Context, name string) (*ownManifest, error) {
	data, err := g.around.Store.ReadFile(ctx, name)
	if err != nil {
		return nil, err
	}
	m := new(ownManifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w", g.around.Store.URL(name), err)
	}
	return m, nil
}

// meet notes that a file of the table was found by a name.
func (t *ownTable) meet(name, rel string) {
	t.there[rel] = true
	if in, ok := strings.CutSuffix(name, rel); ok && !t.found {
		t.in, t.found = in, true
	}
}

// leave says what becomes of files that lie in a table and are not part of it.
func (g *guard) leave(ctx context.Context, own *ownTable, names []string) error {
	data := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return formatOf(n) == "" })
	table := g.display(own.root)
	switch {
	case len(g.s.Found) == 1 && g.s.Found[0].Name == g.s.Pattern:
		return &sources.FileError{Name: names[0], Err: &foreignError{fmt.Sprintf("lies in the table %s, which leapscore wrote, and is not part of it, as its manifest shows; "+
			"read the table, or give --as-files to read the file as it is", table)}}
	case len(data) == 0:
		return nil
	case !own.whole:
		return &sources.FileError{Name: data[0], Err: &foreignError{fmt.Sprintf("lies in the table %s, which leapscore wrote, and its manifest does not tell whether it is part of it; "+
			"move it away, or give --as-files to read all files there", table)}}
	case !own.chain:
		g.warn(fmt.Sprintf("%s: %s is not part of the table, as its manifest shows, and is not read (files like it: %d); --as-files reads it",
			table, path.Base(data[0]), len(data)))
	}
	return ctx.Err()
}

// foreignError is about a file that is no part of the table that it lies in.
type foreignError struct{ msg string }

func (e *foreignError) Error() string { return e.msg }

// missing checks that the files of a table that the pattern names are there.
func (g *guard) missing(own *ownTable) error {
	if own == nil || !own.found {
		return nil
	}
	for rel := range own.live {
		if !own.there[rel] && g.s.Names(own.in+rel) {
			return &sources.FileError{Name: g.s.Store.URL(own.in + rel), Err: &missingError{}}
		}
	}
	return nil
}

// missingError is about a file that a manifest lists and that is not there. It is
// store.ErrNotExist, since the table may have been replaced just then.
type missingError struct{}

func (*missingError) Error() string {
	return "the table lists it, and it is not there; it may have been replaced just now; --as-files reads the files that there are"
}

func (*missingError) Unwrap() error { return store.ErrNotExist }
