package bundle

import (
	"io"
	"io/fs"
	"slices"
	"strings"
)

// BesideFile is a file that lies beside bundle.json and is no part of MLeap's format.
type BesideFile struct {
	Name string
	Size int64 // as declared

	files *fileSet
}

// Open opens the file. The caller closes it, and the bundle after it.
func (f BesideFile) Open() (io.ReadCloser, error) {
	r, _, err := f.files.open(f.Name)
	if err != nil {
		return nil, inFile(f.Name, err)
	}
	return r, nil
}

// Beside lists the files beside bundle.json, by name. The file of a booster may be one.
func (b *Bundle) Beside() (list []BesideFile, err error) {
	add := func(name string, size int64) {
		if name != infoFile && !strings.Contains(name, "/") && !strings.HasPrefix(name, ".") {
			list = append(list, BesideFile{name, size, b.files})
		}
	}
	if b.files.zip != nil {
		for name, z := range b.files.zip {
			if z.Mode().IsRegular() {
				add(name, int64(z.UncompressedSize64))
			}
		}
		slices.SortFunc(list, func(x, y BesideFile) int { return strings.Compare(x.Name, y.Name) })
		return list, nil
	}
	entries, err := fs.ReadDir(b.files.fsys, ".")
	if err != nil {
		return nil, inFile(infoFile, reason(err))
	}
	for _, e := range entries {
		if st, err := fs.Stat(b.files.fsys, e.Name()); err == nil && st.Mode().IsRegular() {
			add(e.Name(), st.Size())
		}
	}
	return list, nil
}
