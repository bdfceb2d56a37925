//go:build !nosql

package sql

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/sources"
)

// fileSet is the files of one reference.
type fileSet struct {
	opener  sources.Opener
	remote  bool
	format  sources.Format
	files   []store.Object
	none    bool // no file has a wanted row; the one in files gives the schema
	roots   map[string]string
	folders *sources.Folders // nil if there are none
	settled bool             // folders are known
	pattern string
	hive    sources.Hive
	copied  string // the folder with copies
	decided bool   // the names of the files tell all of the one WHERE
	extra   tableOptions
}

// isText reports whether the files have no types of their own.
func (f *fileSet) isText() bool { return f.format == sources.CSV || f.format == sources.JSON }

// find lists the files that patterns name.
func (r *resolver) find(patterns []string, format sources.Format) (*fileSet, error) {
	f := &fileSet{pattern: strings.Join(patterns, ", "), opener: sources.Local(), remote: store.IsURL(patterns[0])}
	if f.remote {
		f.opener = r.opt.Files
	}
	names := slices.Clone(patterns)
	for i, p := range patterns {
		if store.IsURL(p) != f.remote {
			return nil, fmt.Errorf("%w: %s: either all files are URLs or none is; write local ones as file:///path", ErrQuery, f.pattern)
		}
		if !f.remote {
			names[i] = localName(p)
		}
	}
	found, err := sources.FindAll(r.ctx, names, sources.Options{Opener: f.opener, Remote: f.remote, Format: format, Rules: r.opt.Rules})
	if err != nil {
		return nil, err
	}
	f.files, f.roots, f.format = found.Files, found.Roots, found.Format
	return f, nil
}

// listed is an opener that has found its files.
type listed struct {
	sources.Opener
	files []store.Object
}

func (l listed) Glob(context.Context, string) ([]store.Object, error) { return l.files, nil }

func (l listed) Unchanged(ctx context.Context, files []store.Object) error {
	return sources.CheckUnchanged(ctx, l.Opener, files)
}

// key returns the number of the key of folders that a column is, or -1.
func (f *fileSet) key(column string) int {
	if f.folders == nil {
		return -1
	}
	return slices.Index(f.folders.Keys, column)
}

// inOrder puts the columns of folders behind the others, by the alphabet, as
// DuckDB does.
func (f *fileSet) inOrder(fields []arrow.Field) []arrow.Field {
	slices.SortStableFunc(fields, func(a, b arrow.Field) int {
		x, y := f.key(a.Name), f.key(b.Name)
		if x >= 0 && y >= 0 {
			return strings.Compare(a.Name, b.Name)
		}
		return cmp.Compare(min(x, 0), min(y, 0))
	})
	return fields
}

// unclear returns why a column of folders cannot be read, or nil.
func (f *fileSet) unclear(ctx context.Context, src sources.Source, column string) error {
	if f.folders.Clear(column) {
		return nil
	}
	scan, err := src.Scan(ctx, []string{column})
	if err != nil {
		return err
	}
	return scan.Close()
}
