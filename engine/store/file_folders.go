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

	"leapscore/engine/store/internal/disk"
)

func (d *fileDriver) Rename(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	src, dst := d.path(from), d.path(to)
	if err := d.makeFolder(filepath.Dir(dst)); err != nil {
		return unsupported(err)
	}
	if err := d.rename(src, dst); err != nil {
		return unsupported(err)
	}
	return d.syncBoth(src, dst)
}

func (d *fileDriver) Exchange(ctx context.Context, a, b string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x, y := d.path(a), d.path(b)
	if err := disk.CopyAccess(y, x); err != nil {
		return err
	}
	if err := d.exchange(x, y); err != nil {
		return unsupported(&os.LinkError{Op: "exchange", Old: x, New: y, Err: err})
	}
	return d.syncBoth(x, y)
}

func (d *fileDriver) syncBoth(x, y string) error {
	err := d.syncFolder(filepath.Dir(y))
	if filepath.Dir(x) != filepath.Dir(y) {
		err = errors.Join(err, d.syncFolder(filepath.Dir(x)))
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
			if err := d.makeFolder(dir); err != nil {
				return err
			}
			if err := disk.CopyAccess(filepath.Dir(d.path(from+"/"+name)), dir); err != nil {
				return err
			}
			folders[dir] = true
		}
		if err := d.linkFile(d.path(from+"/"+name), dst); err != nil {
			return err
		}
	}
	// Once for each folder: a table may have thousands of files.
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if err := d.syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

func (d *fileDriver) linkFile(src, dst string) error {
	err := d.link(src, dst)
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
	if err := d.removeAll(path); err != nil {
		return err
	}
	err := d.syncFolder(filepath.Dir(path))
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

func (d *fileDriver) SameFile(ctx context.Context, a, b string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	var infos [2]os.FileInfo
	for i, name := range []string{a, b} {
		info, err := os.Lstat(d.path(name))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		infos[i] = info
	}
	return os.SameFile(infos[0], infos[1]), nil
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
	d *fileDriver
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
		l, err := d.tryLock(path, owner)
		if l != nil || err != nil {
			return l, err
		}
	}
	return nil, &LockedError{Name: path}
}

// tryLock returns nil and no error if the file lost its name meanwhile.
func (d *fileDriver) tryLock(path, owner string) (Lock, error) {
	if err := d.makeFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|disk.NoFollow, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	// A file with another name is not a lock of ours: its content is somebody's.
	if info, err := f.Stat(); err == nil && disk.HasOtherNames(info) {
		return nil, errors.Join(fmt.Errorf("%s: has another name, want a lock file of its own; look at it and remove it", path), f.Close())
	}
	if err := disk.Lock(f); err != nil {
		if errors.Is(err, disk.ErrLocked) {
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
	d.changed(ChangeMade, path, "")
	return &fileLock{d: d, f: f}, nil
}

func (l *fileLock) Unlock() error {
	if l.f == nil {
		return nil
	}
	f := l.f
	l.f = nil
	var err error
	if leadsTo(f.Name(), f) {
		err = l.d.remove(f.Name())
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
