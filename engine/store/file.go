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

	"leapscore/engine/store/internal/disk"
)

// fileDriver is the local file system. Objects are plain files; it writes no
// side files except the one under the temporary name.
type fileDriver struct {
	root  string // ends in a separator, or is empty: then names are paths
	watch func(Change)
}

func (d *fileDriver) path(name string) string {
	if d.root+name == "" {
		return "." // of the store of Here
	}
	return d.root + filepath.FromSlash(name)
}

func (d *fileDriver) URL(name string) string { return d.path(name) }

func (d *fileDriver) Close() error { return nil }

func (d *fileDriver) List(ctx context.Context, prefix string, deep bool, fn func(Object) error) error {
	return d.walk(ctx, prefix, walking{deep: deep}, fn)
}

// walking says what a walk does besides listing files.
type walking struct {
	deep bool
	odd  bool // names what cannot be read too
	past bool // goes past folders that are hidden
}

func (d *fileDriver) walk(ctx context.Context, prefix string, how walking, fn func(Object) error) error {
	dir, base := split(prefix)
	err := d.list(ctx, dir, base, how, nil, fn)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	return err
}

// list walks the folder dir, whose name is empty or ends in a slash. above
// holds the folders that led here, since links can lead in circles.
func (d *fileDriver) list(ctx context.Context, dir, base string, how walking, above []os.FileInfo, fn func(Object) error) error {
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

	found, err := d.entries(dir, base, entries, how)
	if err != nil {
		return err
	}
	for _, o := range found {
		if how.deep && strings.HasSuffix(o.Name, "/") {
			err = d.list(ctx, o.Name, "", how, above, fn)
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		} else {
			err = fn(o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// entries describes what is in a folder, in the order of full names: folders have
// a slash at the end.
func (d *fileDriver) entries(dir, base string, entries []fs.DirEntry, how walking) ([]Object, error) {
	var found []Object
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), base) {
			continue
		}
		name := dir + e.Name()
		info, err := os.Stat(d.path(name)) // follows links
		switch {
		case err != nil && how.odd && e.Type()&fs.ModeSymlink != 0 && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ELOOP)):
			found = append(found, Object{Name: name, odd: deadLink})
		case errors.Is(err, fs.ErrNotExist):
			continue // gone meanwhile, or a link to nothing
		case err != nil:
			return nil, err
		case info.IsDir():
			if !how.deep || !how.past || !Hidden(e.Name()) {
				found = append(found, Object{Name: name + "/"})
			}
		case info.Mode().IsRegular():
			found = append(found, fileObject(name, info))
		case how.odd:
			found = append(found, Object{Name: name, odd: noFile(info)})
		}
	}
	slices.SortFunc(found, func(a, b Object) int { return cmp.Compare(a.Name, b.Name) })
	return found, nil
}

// lookup describes what a name leads to: a folder has a slash at the end, and
// nothing has no name.
func (d *fileDriver) lookup(ctx context.Context, name string) (Object, error) {
	if err := ctx.Err(); err != nil {
		return Object{}, err
	}
	info, err := os.Stat(d.path(name))
	switch {
	case err == nil && info.IsDir():
		return Object{Name: name + "/"}, nil
	case err == nil && info.Mode().IsRegular():
		return fileObject(name, info), nil
	case err == nil:
		return Object{Name: name, odd: noFile(info)}, nil
	case errors.Is(err, fs.ErrPermission):
		return Object{}, err
	}
	if link, err := os.Lstat(d.path(name)); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		return Object{Name: name, odd: deadLink}, nil
	}
	return Object{}, nil
}

const deadLink = "is a link to nothing: remove it, or mend it"

// noFile says what a name leads to that is neither a file nor a folder.
func noFile(i os.FileInfo) string {
	kind := "is no file"
	switch m := i.Mode(); {
	case m&fs.ModeNamedPipe != 0:
		kind = "is a named pipe"
	case m&fs.ModeSocket != 0:
		kind = "is a socket"
	case m&fs.ModeDevice != 0:
		kind = "is a device"
	}
	return kind + ", which cannot be read as a file: write it to a file first, or give it as standard input, -"
}

func fileObject(name string, i os.FileInfo) Object {
	return Object{Name: name, Size: i.Size(), ETag: FileTag(i), id: disk.Identify(i)}
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
	return fileObject(name, info), nil
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

// writeBackBytes is after how much the disk begins to write a file. The less is left
// for the Sync at the end, the shorter the writer waits for it.
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

// CreateVisible implements VisibleCreator.
func (d *fileDriver) CreateVisible(ctx context.Context, name string) (Writer, error) {
	const tries = 20
	for try := 1; ; try++ {
		w, err := d.createAs(ctx, name, name+".tmp-", false)
		if err != nil {
			return nil, err
		}
		// Without locks, files of processes that died are left to VACUUM.
		f := w.(*fileWriter).f
		if err := disk.Lock(f); try == tries || !errors.Is(err, disk.ErrLocked) && leadsTo(f.Name(), f) {
			return w, nil
		}
		w.Abort() // before it had a lock, another process has swept it
	}
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
	d.changed(ChangeMade, f.Name(), "")
	return &fileWriter{d: d, f: f, final: final, excl: excl}, nil
}

func (w *fileWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	w.written += int64(n)
	if w.written-w.begun >= writeBackBytes {
		disk.WriteBack(w.f, w.begun, w.written-w.begun)
		w.begun = w.written
	}
	return n, err
}

func (w *fileWriter) Abort() {
	if w.f != nil {
		// An error leaves a temporary file, which costs no more than its space.
		_ = w.f.Close()
		_ = w.d.remove(w.f.Name())
		w.f = nil
	}
}

func (w *fileWriter) Commit() error {
	defer w.Abort() // removes what a failure leaves
	if err := w.d.sync(w.f, ChangeSynced); err != nil {
		return err
	}
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
			w.d.changed(ChangeMade, w.final, "")
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
