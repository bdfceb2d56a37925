package bundle

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"leapscore/bundle/internal/foreign"
)

const (
	infoFile = "bundle.json"
	// nestedDepth is how many folders may be above a bundle in its container.
	nestedDepth = 4
	// nestedNames is how many names of a folder are looked at for a bundle: the
	// folder may be anything, such as the root of a disk.
	nestedNames = 10_000
)

// enter makes the files those of the bundle, where it is in a folder further down:
// of an MLflow model the folder that the model names, otherwise the only one.
func (f *fileSet) enter() error {
	if f.has(infoFile) {
		return nil
	}
	dir, err := foreign.Recognize(f.has, f.read)
	if err != nil {
		return err
	}
	if dir != "" {
		return f.descend(dir)
	}
	switch dirs := f.bundles(); len(dirs) {
	case 0:
		return inFile(infoFile, fmt.Errorf("%w; want a bundle: a folder, a zip, or a tar.gz of one, with bundle.json and root/", errNotThere))
	case 1:
		return f.descend(dirs[0])
	default:
		return inFile(infoFile, fmt.Errorf("%w; bundles are in %s: name one of them", errNotThere, strings.Join(dirs[:min(len(dirs), 5)], ", ")))
	}
}

// has reports whether there is a file, or something in a folder, of that name.
func (f *fileSet) has(name string) bool {
	if f.zip == nil {
		_, err := fs.Stat(f.fsys, name)
		return err == nil
	}
	if f.zip[name] != nil {
		return true
	}
	for other := range f.zip {
		if strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

// descend makes the files those of a folder.
func (f *fileSet) descend(dir string) error {
	dir, err := cleanName(dir)
	if err != nil {
		return err
	}
	if f.zip == nil {
		f.fsys, err = fs.Sub(f.fsys, dir)
		return err
	}
	all := f.zip
	f.zip = make(map[string]*zip.File, len(all))
	for name, z := range all {
		if rest, in := strings.CutPrefix(name, dir+"/"); in {
			f.zip[rest] = z
		}
	}
	return nil
}

// bundles lists the folders that hold a bundle.json, sorted.
func (f *fileSet) bundles() (dirs []string) {
	add := func(name string) {
		if path.Base(name) == infoFile && strings.Count(name, "/") <= nestedDepth && !strings.HasPrefix(name, "__MACOSX/") {
			dirs = append(dirs, path.Dir(name))
		}
	}
	for name := range f.zip {
		add(name)
	}
	if f.zip == nil {
		left := nestedNames
		_ = fs.WalkDir(f.fsys, ".", func(name string, e fs.DirEntry, err error) error {
			left--
			switch {
			case left < 0:
				return errEnough
			case err != nil || e.IsDir() && strings.Count(name, "/") >= nestedDepth:
				return fs.SkipDir
			}
			add(name)
			return nil
		})
	}
	slices.Sort(dirs)
	return dirs
}

var errEnough = errors.New("enough was seen")
