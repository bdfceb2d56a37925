//go:build !nosql

package sql

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
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
	f := &fileSet{pattern: strings.Join(patterns, ", "), opener: files.Local(), remote: store.IsURL(patterns[0])}
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
	found, err := files.FindAll(r.ctx, names, sources.Options{Opener: f.opener, Remote: f.remote, Format: format, Rules: r.opt.Rules})
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

func (l listed) Unchanged(ctx context.Context, read []store.Object) error {
	return files.CheckUnchanged(ctx, l.Opener, read)
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

// copyWidth is how many files are copied at once, and copyStep how much of one
// in a read.
const (
	copyWidth = 8
	copyStep  = 4 << 20
)

// copies copies the files of a set to the temporary folder, in folders of the
// same names, and returns where they are as SQL texts.
func (r *resolver) copies(set *fileSet) ([]string, error) {
	if r.temp == "" {
		if err := os.MkdirAll(r.conn.temp(), 0o700); err != nil {
			return nil, err
		}
		dir, err := os.MkdirTemp(r.conn.temp(), "files-") // removed with the folder around it
		if err != nil {
			return nil, err
		}
		r.temp = dir
	}
	r.read = append(r.read, filesRead{set.opener, set.files})
	set.copied = filepath.Join(r.temp, fmt.Sprint(r.made))
	r.made++
	list := make([]string, len(set.files))
	ctx, cancel := context.WithCancelCause(r.ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	turn := make(chan struct{}, copyWidth)
	for i, f := range set.files {
		_, name, _ := strings.Cut(f.Name, "://")
		name = strings.TrimLeft(name, "/")
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			name = fmt.Sprintf("%d-%s", i, filepath.Base(f.Name))
		}
		to := filepath.Join(set.copied, filepath.FromSlash(name))
		list[i] = sqlText(to)
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			if err := copyFile(ctx, set.opener, f.Name, to); err != nil {
				cancel(&sources.FileError{Name: f.Name, Err: err})
			}
		})
	}
	wg.Wait()
	return list, context.Cause(ctx)
}

func copyFile(ctx context.Context, op sources.Opener, name, to string) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, err := op.Open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	buf := make([]byte, min(copyStep, max(in.Size(), 1)))
	for at := int64(0); at < in.Size(); {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := in.ReadAt(buf[:min(int64(len(buf)), in.Size()-at)], at)
		if n == 0 {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		if _, err := out.Write(buf[:n]); err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

// copiesPattern is one text that names all copies of a set.
func copiesPattern(set *fileSet, list []string) string {
	if len(list) == 1 {
		return strings.ReplaceAll(strings.Trim(list[0], "'"), "''", "'")
	}
	return set.copied + "/**/*"
}
