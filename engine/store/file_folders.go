package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

func (d *fileDriver) Rename(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	src, dst := d.path(from), d.path(to)
	if err := makeFolder(filepath.Dir(dst)); err != nil {
		return unsupported(err)
	}
	if err := os.Rename(src, dst); err != nil {
		return unsupported(err)
	}
	return d.syncBoth(src, dst)
}

func (d *fileDriver) Exchange(ctx context.Context, a, b string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x, y := d.path(a), d.path(b)
	if info, err := os.Stat(y); err != nil {
		return err
	} else if err := os.Chmod(x, info.Mode().Perm()); err != nil {
		return err
	}
	if err := exchange(x, y); err != nil {
		return unsupported(&os.LinkError{Op: "exchange", Old: x, New: y, Err: err})
	}
	return d.syncBoth(x, y)
}

func (d *fileDriver) syncBoth(x, y string) error {
	err := syncFolder(filepath.Dir(y))
	if filepath.Dir(x) != filepath.Dir(y) {
		err = errors.Join(err, syncFolder(filepath.Dir(x)))
	}
	return err
}

func (d *fileDriver) Link(ctx context.Context, from, to string, names ...string) error {
	folders := make(map[string]bool)
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		dst := d.path(to + "/" + name)
		if dir := filepath.Dir(dst); !folders[dir] {
			if err := makeFolder(dir); err != nil {
				return err
			}
			folders[dir] = true
		}
		if err := linkFile(d.path(from+"/"+name), dst); err != nil {
			return err
		}
	}
	// Once for each folder: a table may have thousands of files.
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

func linkFile(src, dst string) error {
	err := os.Link(src, dst)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: %w", dst, ErrExists)
	case errors.Is(err, syscall.EMLINK): // too many links to one file
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	case err != nil:
		return unsupported(err) // EPERM is what file systems without links say
	}
	return nil
}

func (d *fileDriver) RemoveAll(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	path := d.path(name)
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	err := syncFolder(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (d *fileDriver) IsFolder(ctx context.Context, name string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	info, err := os.Stat(d.path(name))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return false, nil
	}
	return err == nil && info.IsDir(), err
}

func (d *fileDriver) IsLink(ctx context.Context, name string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	info, err := os.Lstat(d.path(name))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return false, nil
	}
	return err == nil && info.Mode()&fs.ModeSymlink != 0, err
}

type fileLock struct {
	f *os.File
}

// lockTries bounds how often Lock starts again because the file it locked had
// been removed by its former owner meanwhile.
const lockTries = 100

func (d *fileDriver) Lock(ctx context.Context, name, owner string) (Lock, error) {
	path := d.path(name)
	for range lockTries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l, err := tryLock(path, owner)
		if l != nil || err != nil {
			return l, err
		}
	}
	return nil, &LockedError{Name: path}
}

// tryLock returns nil and no error if the file lost its name meanwhile.
func tryLock(path, owner string) (Lock, error) {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|noFollow, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		if errors.Is(err, errWouldBlock) {
			data, _ := io.ReadAll(io.LimitReader(f, 4096)) // only for the message
			err = &LockedError{Name: path, Owner: string(data)}
		}
		return nil, errors.Join(err, f.Close())
	}
	if !leadsTo(path, f) {
		return nil, f.Close()
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt([]byte(owner), 0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &fileLock{f: f}, nil
}

func (l *fileLock) Unlock() error {
	if l.f == nil {
		return nil
	}
	f := l.f
	l.f = nil
	var err error
	if leadsTo(f.Name(), f) {
		err = os.Remove(f.Name())
	}
	return errors.Join(err, f.Close())
}

// leadsTo reports whether path is still a name of f.
func leadsTo(path string, f *os.File) bool {
	named, err1 := os.Stat(path)
	opened, err2 := f.Stat()
	return err1 == nil && err2 == nil && os.SameFile(named, opened)
}

// unsupported marks the errors by which a file system says that it cannot do
// this here: other device, mount point, no such operation.
func unsupported(err error) error {
	for _, no := range []error{
		syscall.EXDEV, syscall.EBUSY, syscall.EINVAL, syscall.EROFS, errors.ErrUnsupported, fs.ErrPermission,
	} {
		if errors.Is(err, no) {
			return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
		}
	}
	return err
}
