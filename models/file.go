package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// File is a model as a file or folder that lies on a disk, be it a copy, or as a
// folder of an object store.
type File struct {
	Where string // as it was asked for, without secrets
	Path  string // on the disk; "" for a folder of a store
	Size  int64  // of a file

	folder bool
	remove func()

	most int64 // bytes
	open func() (io.ReadCloser, error)
	head func() ([]byte, error)
	data func() ([]byte, error)
}

// headBytes is how much of a file is looked at to find what it is.
const headBytes = 64 << 10

func newFile(where, path string, info fs.FileInfo, opt Options) *File {
	f := NewFile(where, info.Size(), func() (io.ReadCloser, error) { return os.Open(path) }, opt)
	f.Path, f.folder = path, info.IsDir()
	return f
}

// NewFile returns a file of size bytes that lies in another one, where open opens it.
func NewFile(where string, size int64, open func() (io.ReadCloser, error), opt Options) *File {
	f := &File{Where: where, Size: size, most: opt.maxFile(), open: open, remove: func() {}}
	f.head = sync.OnceValues(f.readHead)
	f.data = sync.OnceValues(f.readAll)
	return f
}

// IsFolder reports whether it is a folder.
func (f *File) IsFolder() bool { return f.folder }

// Head returns the beginning of a file, or as much of it as can be read. The caller
// does not change it.
func (f *File) Head() []byte {
	if f.folder {
		return nil
	}
	head, _ := f.head() // who opens the file gets the error
	return head
}

// Data returns the content of a file. The caller does not change it.
func (f *File) Data() ([]byte, error) {
	if f.folder {
		return nil, fmt.Errorf("%s: a folder, want a file", f.Where)
	}
	return f.data()
}

// Open opens a file for those who read it as a stream. The caller closes it.
func (f *File) Open() (io.ReadCloser, error) {
	if f.folder {
		return nil, fmt.Errorf("%s: a folder, want a file", f.Where)
	}
	if f.Size > f.most {
		return nil, fmt.Errorf("%s: %d bytes, want at most %d; --max-model-size loads larger models", f.place(), f.Size, f.most)
	}
	return f.open()
}

// Close removes the copy, if the file is one. Files that are open can still be read.
func (f *File) Close() error {
	f.remove()
	return nil
}

// SHA256 is that of the content, in hex.
func (f *File) SHA256() (string, error) {
	data, err := f.Data()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// place is where the content lies, for errors.
func (f *File) place() string {
	if f.Path == "" {
		return f.Where
	}
	return f.Path
}

func (f *File) readHead() ([]byte, error) {
	r, err := f.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, headBytes))
}

// readAll reads a file as long as it was when it was found.
func (f *File) readAll() ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, f.Size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("%s: %w", f.place(), err)
	}
	return data, nil
}
