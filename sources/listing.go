package sources

import (
	"leapscore/engine/store"
)

// Lister is implemented by sources that know the files they read.
type Lister interface {
	// Files returns the files in the order in which they are read. A file
	// that has the same size and tag at another time holds the same rows.
	Files() []store.Object
}

// FilesOf returns the files that a source reads, and ok if it knows them: then
// another scan of the same files gives the same rows in the same splits. It
// looks into sources that have a method Unwrap() Source.
func FilesOf(src Source) (files []store.Object, ok bool) {
	for {
		if l, ok := src.(Lister); ok {
			return l.Files(), true
		}
		w, ok := src.(interface{ Unwrap() Source })
		if !ok {
			return nil, false
		}
		src = w.Unwrap()
	}
}

// ReadBy returns the files that a source is known to read, in no order. Unlike those
// of FilesOf, another scan of them need not give the same rows.
func ReadBy(src Source) []store.Object {
	for {
		if r, ok := src.(interface{ ReadBy() []store.Object }); ok {
			return r.ReadBy()
		}
		w, ok := src.(interface{ Unwrap() Source })
		if !ok {
			files, _ := FilesOf(src)
			return files
		}
		src = w.Unwrap()
	}
}
