// Package store is the project's one view of files and objects. It is the only
// package that imports gocloud.dev. It knows nothing of tables or formats.
package store

import (
	"context"
	"errors"
	"io"
)

// ErrExists is returned by Writer.Commit when Create was asked for a new name.
var ErrExists = errors.New("store: object exists")

// ErrNotExist is returned by Open and Delete for a name that is not there.
var ErrNotExist = errors.New("store: no such object")

// Driver is implemented once per kind of storage: file, blob, mem. Users hold a
// *Store, which adds globbing, retries and metrics on top of a Driver. Names
// are relative to the driver's root and use forward slashes.
type Driver interface {
	// List calls fn for each object under prefix, in byte order of names.
	List(ctx context.Context, prefix string, fn func(Object) error) error
	Open(ctx context.Context, name string) (Reader, error)
	// Create starts an object. Nothing is visible before Writer.Commit. If
	// excl is set, Commit returns ErrExists rather than replace an object.
	Create(ctx context.Context, name string, excl bool) (Writer, error)
	Delete(ctx context.Context, name string) error
	Close() error
}

// Renamer is implemented by drivers whose rename is atomic: file and mem, not
// blob. The commit protocol in package sinks chooses its strategy by it.
type Renamer interface {
	Rename(ctx context.Context, from, to string) error
}

// Object is one entry of a listing.
type Object struct {
	Name string
	Size int64
	ETag string // changes when the content does; empty if unknown
}

// Reader reads an object at any offset, from any number of goroutines.
type Reader interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Writer writes an object. Exactly one of Commit and Abort ends it. There is
// no Close: a Close that publishes turns every early return into a torn file.
type Writer interface {
	io.Writer
	Commit() error
	Abort()
}
