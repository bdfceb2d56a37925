package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// fileDriver is the local file system. Objects are plain files; it writes no
// side files except the one under the temporary name.
type fileDriver struct {
	root  string // ends in a separator
	watch func(Change)
}

func (d *fileDriver) path(name string) string { return d.root + filepath.FromSlash(name) }

func (d *fileDriver) URL(name string) string { return d.path(name) }

func (d *fileDriver) Close() error { return nil }

func (d *fileDriver) List(ctx context.Context, prefix string, deep bool, fn func(Object) error) error {
	dir, base := split(prefix)
	err := d.list(ctx, dir, base, deep, nil, fn)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	return err
}

// list walks the folder dir, whose name is empty or ends in a slash. above
// holds the folders that led here, since links can lead in circles.
func (d *fileDriver) list(ctx context.Context, dir, base string, deep bool, above []os.FileInfo, fn func(Object) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := os.ReadDir(d.path(dir))
	if err != nil {
		return err
	}
	self, err := os.Stat(d.path(dir))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(above, func(i os.FileInfo) bool { return os.SameFile(i, self) }) {
		return nil
	}
	above = append(above, self)

	type entry struct {
		name string
		info os.FileInfo
	}
	var found []entry
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), base) {
			continue
		}
		info, err := os.Stat(d.path(dir + e.Name())) // follows links
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // gone meanwhile, or a link to nothing
		case err != nil:
			return err
		case info.IsDir():
			found = append(found, entry{dir + e.Name() + "/", info})
		case info.Mode().IsRegular():
			found = append(found, entry{dir + e.Name(), info})
		}
	}
	// With the slash at the end of folders, this is the order of full names.
	slices.SortFunc(found, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	for _, e := range found {
		switch {
		case deep && e.info.IsDir():
			err = d.list(ctx, e.name, "", deep, above, fn)
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		case e.info.IsDir():
			err = fn(Object{Name: e.name})
		default:
			err = fn(Object{Name: e.name, Size: e.info.Size(), ETag: FileTag(e.info)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// FileTag is the ETag of a local file.
func FileTag(i os.FileInfo) string {
	return strconv.FormatInt(i.ModTime().UnixNano(), 36) + "-" + strconv.FormatInt(i.Size(), 36)
}

func (d *fileDriver) Stat(ctx context.Context, name string) (Object, error) {
	if err := ctx.Err(); err != nil {
		return Object{}, err
	}
	info, err := os.Stat(d.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), err == nil && info.IsDir():
		return Object{}, fmt.Errorf("%s: %w", d.path(name), ErrNotExist)
	case err != nil:
		return Object{}, err
	}
	return Object{Name: name, Size: info.Size(), ETag: FileTag(info)}, nil
}

// fileReader reads with pread, so that goroutines share no position.
type fileReader struct {
	f    *os.File
	size int64
}

func (r *fileReader) ReadAt(p []byte, off int64) (int, error) { return r.f.ReadAt(p, off) }
func (r *fileReader) Size() int64                             { return r.size }
func (r *fileReader) Close() error                            { return r.f.Close() }

// File is the open file, for callers that map it or hand it to other readers.
func (r *fileReader) File() *os.File { return r.f }

func (d *fileDriver) Open(ctx context.Context, name string) (Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", d.path(name), ErrNotExist)
	} else if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s: is a folder", d.path(name))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &fileReader{f: f, size: info.Size()}, nil
}

// writeBackBytes is after how much the disk begins to write a file: what is left
// for the Sync at its end is time in which nothing else happens.
const writeBackBytes = 4 << 20

type fileWriter struct {
	d       *fileDriver
	f       *os.File
	final   string
	excl    bool
	written int64
	begun   int64 // how much the disk has begun to write
}

func (d *fileDriver) Create(ctx context.Context, name string, excl bool) (Writer, error) {
	return d.createAs(ctx, name, TempPrefix(name), excl)
}

// createAs writes under a name with the prefix temp until the file is whole.
func (d *fileDriver) createAs(ctx context.Context, name, temp string, excl bool) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	final := d.path(name)
	if err := d.makeFolder(filepath.Dir(final)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(d.path(temp)+strings.ToLower(rand.Text()[:12]), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	d.changed(Made, f.Name(), "")
	return &fileWriter{d: d, f: f, final: final, excl: excl}, nil
}

func (w *fileWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	w.written += int64(n)
	if w.written-w.begun >= writeBackBytes {
		writeBack(w.f, w.begun, w.written-w.begun)
		w.begun = w.written
	}
	return n, err
}

func (w *fileWriter) Abort() {
	if w.f != nil {
		// The file is nobody's: there is no one to tell.
		_ = w.f.Close()
		_ = w.d.remove(w.f.Name())
		w.f = nil
	}
}

func (w *fileWriter) Commit() error {
	defer w.Abort() // removes what a failure leaves
	if err := w.f.Sync(); err != nil {
		return err
	}
	w.d.changed(Synced, w.f.Name(), "")
	if w.excl {
		if err := w.claim(); err != nil {
			return err
		}
	}
	if err := w.d.rename(w.f.Name(), w.final); err != nil {
		return err
	}
	// After the rename, rename(2) of two links to one file included, the
	// temporary name may be left only if nothing was renamed.
	if w.excl {
		_ = w.d.remove(w.f.Name())
	}
	err := w.f.Close()
	w.f = nil
	return errors.Join(err, w.d.syncFolder(filepath.Dir(w.final)))
}

// claim makes the final name ours, or fails with ErrExists.
func (w *fileWriter) claim() error {
	err := w.d.link(w.f.Name(), w.final)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// No hard links here. An empty file claims the name.
		var f *os.File
		if f, err = os.OpenFile(w.final, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666); err == nil {
			w.d.changed(Made, w.final, "")
			err = f.Close()
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", w.final, ErrExists)
	}
	return err
}

func (d *fileDriver) Delete(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := d.remove(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", d.path(name), ErrNotExist)
	} else if err != nil {
		return err
	}
	return d.syncFolder(filepath.Dir(d.path(name)))
}
