package bundle

import (
	"archive/zip"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// fileSet is the files of a bundle, by clean slash-separated names. It is safe
// for concurrent use.
type fileSet struct {
	lim  Limits
	zip  map[string]*zip.File // of a zip
	fsys fs.FS                // of a directory
	raw  *io.SectionReader    // the bytes of the file that the bundle came in

	opened []io.Closer // with the bundle
	total  int64       // bytes unpacked, of a zip

	values, treeCost budget // of Limits.Values and Limits.TreeNodes
}

func newFileSet(lim Limits) *fileSet {
	return &fileSet{
		lim: lim, values: budget{left: lim.Values, full: errTooManyValues},
		treeCost: budget{left: treeBudget(lim), full: tooLarge(limitTrees, "trees of more than %d nodes", lim.TreeNodes)},
	}
}

func (f *fileSet) close() error {
	var errs []error
	for _, c := range f.opened {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// openDir opens a directory. os.Root refuses symbolic links that leave it.
func openDir(path string, lim Limits) (*fileSet, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	files := newFileSet(lim)
	files.fsys, files.opened = root.FS(), []io.Closer{root}
	return files, nil
}

// errNotThere is the error for a file that the bundle lacks.
var errDamaged = errors.New("is damaged: copy the bundle again")

var errNotThere = fmt.Errorf("not in the bundle (%w)", fs.ErrNotExist)

// open returns the content of a file and its size as declared.
func (f *fileSet) open(name string) (io.ReadCloser, int64, error) {
	if f.zip != nil {
		z := f.zip[name]
		if z == nil || strings.HasSuffix(z.Name, "/") {
			return nil, 0, errNotThere
		}
		r, err := z.Open()
		return r, int64(z.UncompressedSize64), err
	}
	st, err := fs.Stat(f.fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, errNotThere
	case err != nil:
		return nil, 0, reason(err)
	case !st.Mode().IsRegular():
		return nil, 0, errors.New("not a regular file") // opening a pipe would wait
	}
	r, err := f.fsys.Open(name)
	if err != nil {
		return nil, 0, reason(err)
	}
	return r, st.Size(), nil
}

// reason takes the path out of an error of package fs, since inFile adds it.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) {
		return errDamaged
	}
	return err
}

// read returns the content of a file.
func (f *fileSet) read(name string) ([]byte, error) {
	r, size, err := f.open(name)
	if err != nil {
		return nil, inFile(name, err)
	}
	data, err := readAll(r, size, f.lim.FileBytes)
	if cerr := r.Close(); err == nil && cerr != nil {
		err = cerr
	}
	if err != nil {
		return nil, f.inFile(name, reason(err))
	}
	return data, nil
}

// inFile adds the name of the file to err, and what to do about a limit.
func (f *fileSet) inFile(name string, err error) error {
	if _, limited := errors.AsType[*sizeError](err); limited {
		err = advise(err, f.lim, f.size())
	}
	return inFile(name, err)
}

// size returns the bytes of all files unpacked, or as many as were seen.
func (f *fileSet) size() int64 {
	if f.zip != nil {
		return f.total
	}
	names, _ := f.names()
	var total int64
	for _, name := range names {
		if st, err := fs.Stat(f.fsys, name); err == nil {
			total += st.Size()
		}
	}
	return total
}

// readAll reads r, which says that it has size bytes. Sizes of zip entries were
// checked against the size of the zip when it was opened.
func readAll(r io.Reader, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, tooLarge(limitFileBytes, "%d bytes, want at most %d", size, limit)
	}
	data := make([]byte, 0, max(size, 0)+1)
	for {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case int64(len(data)) > limit:
			return nil, tooLarge(limitFileBytes, "more than %d bytes", limit)
		case err == io.EOF:
			return data, nil
		case err != nil:
			return nil, reason(err)
		}
		if len(data) == cap(data) {
			data = slices.Grow(data, 1)
		}
	}
}

// hash returns the SHA-256 of the zip file, or of the directory as Open says.
func (f *fileSet) hash() (string, error) {
	h := sha256.New()
	if f.raw != nil {
		if _, err := io.Copy(h, io.NewSectionReader(f.raw, 0, f.raw.Size())); err != nil {
			return "", err
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	names, err := f.names()
	if err != nil {
		return "", err
	}
	left := f.lim.Bytes
	for _, name := range names {
		r, size, err := f.open(name)
		if err != nil {
			return "", inFile(name, err)
		}
		if left -= size; left < 0 {
			r.Close()
			return "", f.inFile(name, tooLarge(limitBytes, "bundle of more than %d bytes", f.lim.Bytes))
		}
		h.Write(append([]byte(name), 0))
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(size)))
		n, err := io.Copy(h, io.LimitReader(r, size))
		r.Close()
		if err == nil && n != size {
			err = fmt.Errorf("%d bytes, want %d", n, size)
		}
		if err != nil {
			return "", inFile(name, reason(err))
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// names lists the regular files of a directory in byte order.
func (f *fileSet) names() ([]string, error) {
	var names []string
	left := f.lim.Files
	err := fs.WalkDir(f.fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return inFile(name, reason(err))
		}
		if left--; left < 0 {
			return tooMuch("more than %d files", f.lim.Files)
		}
		if e.Type()&fs.ModeSymlink != 0 {
			st, err := fs.Stat(f.fsys, name)
			if err != nil {
				return inFile(name, reason(err))
			}
			if st.Mode().IsRegular() {
				names = append(names, name)
			}
			return nil
		}
		if e.Type().IsRegular() {
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}
