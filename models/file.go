package models

import (
	"bytes"
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
	head func() ([]byte, error)
	data func() ([]byte, error)
}

// headBytes is how much of a file is looked at to find what it is.
const headBytes = 64 << 10

func newFile(where, path string, info fs.FileInfo, opt Options) *File {
	f := &File{Where: where, Path: path, Size: info.Size(), folder: info.IsDir(), remove: func() {}, most: opt.maxFile()}
	f.head = sync.OnceValues(func() ([]byte, error) { return readHead(path) })
	f.data = sync.OnceValues(func() ([]byte, error) { return readAllOf(f) })
	return f
}

// NewFile returns a file of bytes that lie in another one.
func NewFile(where string, data []byte) *File {
	return &File{
		Where: where, Size: int64(len(data)), most: int64(len(data)), remove: func() {},
		head: func() ([]byte, error) { return data[:min(len(data), headBytes)], nil },
		data: func() ([]byte, error) { return data, nil },
	}
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
		return nil, fmt.Errorf("%s: %d bytes, want at most %d; --max-model-size loads larger models", f.Path, f.Size, f.most)
	}
	if f.Path == "" {
		data, err := f.data()
		return io.NopCloser(bytes.NewReader(data)), err
	}
	return os.Open(f.Path)
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

func readHead(path string) ([]byte, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, headBytes))
}

// readAllOf reads a file as long as it was when it was found.
func readAllOf(f *File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, f.Size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	return data, nil
}
