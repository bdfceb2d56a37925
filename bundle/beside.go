package bundle

import (
	"io/fs"
	"slices"
	"strings"
)

// Beside lists the files that lie beside bundle.json and are no part of MLeap's format,
// sorted. The file of a booster may be one.
func (b *Bundle) Beside() (names []string, err error) {
	add := func(name string) {
		if name != infoFile && !strings.Contains(name, "/") && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	if b.files.zip != nil {
		for name, z := range b.files.zip {
			if z.Mode().IsRegular() {
				add(name)
			}
		}
		slices.Sort(names)
		return names, nil
	}
	entries, err := fs.ReadDir(b.files.fsys, ".")
	if err != nil {
		return nil, inFile(infoFile, reason(err))
	}
	for _, e := range entries {
		if st, err := fs.Stat(b.files.fsys, e.Name()); err == nil && st.Mode().IsRegular() {
			add(e.Name())
		}
	}
	return names, nil
}

// ReadFile returns the content of a file of the bundle, whose name is seen from
// bundle.json.
func (b *Bundle) ReadFile(name string) ([]byte, error) { return b.files.read(name) }
