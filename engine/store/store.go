// Package store is the project's one view of files and objects. It is the only
// package that imports gocloud.dev. It knows nothing of tables or formats.
//
// A Store is opened from a path or a URL, and everything in it is called by a
// name: slash-separated, relative to the root of the store, which is the root
// of the file system or a bucket. A Driver does the work for one kind of
// storage. Drivers with real folders (file, mem) also implement Folders, which
// is what lets package sinks publish a table in one step.
package store

import (
	"context"
	"errors"
	"io"

	"leapscore/engine/store/internal/disk"
)

// ErrExists is returned by Writer.Commit if Create was called for a new name and
// there is an object of that name.
var ErrExists = errors.New("object exists")

// ErrNotExist is returned by Stat, Open and Delete for a name that is not there.
var ErrNotExist = errors.New("no such object")

// ErrNoBucket is returned by List if the bucket or container is not there.
var ErrNoBucket = errors.New("no such bucket")

// Driver is implemented once per kind of storage: file, blob, mem. Users hold a
// *Store, which adds globbing and display names on top of a Driver. Names
// are relative to the driver's root and use forward slashes.
type Driver interface {
	// List calls fn for each object whose name starts with prefix, in byte
	// order of names. If deep is not set, what follows the next slash after
	// the prefix is summed up in one Object whose name ends in that slash.
	List(ctx context.Context, prefix string, deep bool, fn func(Object) error) error
	// Stat describes an object. Folders are no objects.
	Stat(ctx context.Context, name string) (Object, error)
	Open(ctx context.Context, name string) (Reader, error)
	// Create starts an object. Nothing is visible under name before
	// Writer.Commit. If excl is set, Commit returns ErrExists rather than
	// replace an object. It may take an object of the very same content for the
	// one that was written, so content must name its owner. Other names that
	// start with TempPrefix(name) may appear meanwhile, and remain if the
	// process dies.
	Create(ctx context.Context, name string, excl bool) (Writer, error)
	// Delete removes an object, or an empty folder where there are folders.
	Delete(ctx context.Context, name string) error
	// URL is how name is shown to people.
	URL(name string) string
	Close() error
}

// ListedOpener is implemented by drivers that need no request to open an object
// that List or Stat has described: blob.
type ListedOpener interface {
	OpenListed(ctx context.Context, o Object) (Reader, error)
}

// VisibleCreator is implemented by drivers that hide objects under construction by
// their names, and can write one without: file.
type VisibleCreator interface {
	CreateVisible(ctx context.Context, name string) (Writer, error)
}

// KeyChecker is implemented by drivers that cannot have objects of every name:
// blob. The error is a *KeyError.
type KeyChecker interface {
	CheckKey(name string) error
}

// Folders is implemented by drivers that have real folders, whose renames are
// atomic: file and mem, not blob. The effect of a method is durable, power
// failures included, when it returns nil. If the storage cannot do it for these
// names, the error is errors.ErrUnsupported and nothing was changed.
type Folders interface {
	// Rename moves an object or a folder, in one step. It replaces an
	// object by an object, and a folder only if it is empty. Folders above
	// to are made.
	Rename(ctx context.Context, from, to string) error
	// Exchange swaps two folders in one step. a is taken for the new one and
	// first gets the permissions of b.
	Exchange(ctx context.Context, a, b string) error
	// Link gives objects of the folder from second names in the folder to: the
	// same names, which may have slashes. No content is copied. It is not one
	// step. The error is ErrExists if a name is taken.
	Link(ctx context.Context, from, to string, names ...string) error
	// RemoveAll removes an object or a folder with all that is in it. It is no
	// error if there is none. It is not one step.
	RemoveAll(ctx context.Context, name string) error
	// IsFolder reports whether name is a folder, be it empty.
	IsFolder(ctx context.Context, name string) (bool, error)
	// SameFile reports whether two names are those of one object: by Link, or by a
	// Rename that a power cut has undone on one side.
	SameFile(ctx context.Context, a, b string) (bool, error)
	// IsLink reports whether name is a symbolic link, be it to nothing.
	IsLink(ctx context.Context, name string) (bool, error)
	// Lock makes the object name and locks it until Unlock, or until the
	// process dies. owner is kept in it, for the *LockedError that others get.
	// The lock follows the object when a folder above it is renamed.
	Lock(ctx context.Context, name, owner string) (Lock, error)
}

// Lock is a lock that is held.
type Lock interface {
	// Unlock removes the locked object, if its name still leads to it, and
	// ends the lock. Later calls do nothing.
	Unlock() error
}

// LockedError reports a lock that another process holds.
type LockedError struct {
	Name  string
	Owner string // what the owner gave to Lock; empty if it could not be read
}

func (e *LockedError) Error() string {
	if e.Owner == "" {
		return e.Name + ": locked"
	}
	return e.Name + ": locked by " + e.Owner
}

// Object is one entry of a listing.
type Object struct {
	Name string
	Size int64
	ETag string // changes when the content does; empty if unknown

	id  disk.ID // of a local file: another file of its name has another
	odd string  // why a name that a search found cannot be read, such as a link to nothing
}

// Reader reads an object at any offset, from any number of goroutines. The
// reader of a local file also has a method File() *os.File.
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

// TempPrefix is how the names start that a driver may use while it writes the
// object name.
func TempPrefix(name string) string {
	dir, base := split(name)
	return dir + "." + base + ".tmp-"
}
