package files

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/internal/hive"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
	"leapscore/sources/text"
)

// FoldersOf finds the columns that the folders of files tell, nil if there are
// none. roots are the fixed parts of the patterns that found the files. A key has
// the type that is wanted of it, if all of its values can be read so.
func FoldersOf(files []store.Object, roots map[string]string, mode sources.Hive, wanted map[string]arrow.DataType) (*sources.Folders, error) {
	if mode == sources.HiveOff {
		return nil, nil
	}
	if mode != sources.HiveAuto && mode != sources.HiveOn {
		return nil, fmt.Errorf("hive folders %q, want %q or %q", mode, sources.HiveOn, sources.HiveOff)
	}
	pairs := make([][]hive.Pair, len(files))
	f := folderFinder{&sources.Folders{Values: make(map[string][]hive.Value, len(files)), Outside: make(map[string]string), Broken: make(map[string]error)}}
	for i, o := range files {
		root := roots[o.Name]
		if mode == sources.HiveOn {
			root = ""
		}
		pairs[i] = hive.Of(o.Name[len(root):])
		if err := f.addKeys(o.Name, pairs[i]); err != nil {
			return nil, err
		}
	}
	if len(f.Keys) == 0 && mode == sources.HiveOn {
		return nil, &sources.FileError{Name: files[0].Name, Err: errors.New("is in no folder named key=value")}
	}
	if len(f.Keys) == 0 {
		return nil, nil
	}
	for i, o := range files {
		f.Values[o.Name] = f.values(o.Name, pairs[i])
	}
	if err := f.everywhere(mode); err != nil {
		return nil, err
	}
	for k, key := range f.Keys {
		f.Types = append(f.Types, f.typeOf(k, wanted[key]))
	}
	return f.Folders, nil
}

// folderFinder finds the columns that folders tell.
type folderFinder struct{ *sources.Folders }

// everywhere checks that all files have all keys, if the folders were asked for.
func (f folderFinder) everywhere(mode sources.Hive) error {
	for _, key := range f.Keys {
		if name := f.Outside[key]; name != "" && mode == sources.HiveOn {
			return &sources.FileError{Name: name, Err: fmt.Errorf("is in no folder %s=..., as others are; read the files apart, or move it", hive.Escape(key))}
		}
	}
	return nil
}

// addKeys notes the keys of a file.
func (f folderFinder) addKeys(file string, pairs []hive.Pair) error {
	for _, p := range pairs {
		if !utf8.ValidString(p.Key) || !utf8.ValidString(p.Text) {
			return &sources.FileError{Name: file, Err: fmt.Errorf("the folder %q is not UTF-8; rename it", hive.Folder(p.Key, &p.Text))}
		}
		if !slices.Contains(f.Keys, p.Key) {
			f.Keys = append(f.Keys, p.Key)
		}
	}
	return nil
}

// values returns the values of all keys for a file, and notes the keys that its
// folders do not have once.
func (f folderFinder) values(file string, pairs []hive.Pair) []hive.Value {
	values := make([]hive.Value, len(f.Keys))
	for k, key := range f.Keys {
		n := 0
		for _, p := range pairs {
			if p.Key == key {
				values[k] = p.Value
				n++
			}
		}
		switch {
		case n == 0:
			values[k].Null = true
			if f.Outside[key] == "" {
				f.Outside[key] = file
			}
		case n > 1 && f.Broken[key] == nil:
			f.Broken[key] = &sources.FileError{Name: file, Err: fmt.Errorf("column %q: the file is in %d folders %s=..., want one", key, n, hive.Escape(key))}
		}
	}
	return values
}

// typeOf returns the type of key k: the wanted one, or else that of integers or
// of dates if all values are, or else text.
func (f folderFinder) typeOf(k int, wanted arrow.DataType) arrow.DataType {
	if wanted != nil && scan.CheckTextType(wanted) == nil && f.all(k, func(text string) bool { return spells(wanted, text) }) {
		return wanted
	}
	some := false
	for _, v := range f.Values {
		some = some || !v[k].Null
	}
	switch {
	case !some:
	case f.all(k, func(text string) bool { _, ok := hive.Integer(text); return ok }):
		return arrow.PrimitiveTypes.Int64
	case f.all(k, func(text string) bool { _, ok := hive.Date(text); return ok }):
		return arrow.FixedWidthTypes.Date32
	}
	return arrow.BinaryTypes.String
}

// all reports whether all values of key k that are not null are ok.
func (f folderFinder) all(k int, ok func(string) bool) bool {
	for _, v := range f.Values {
		if !v[k].Null && !ok(v[k].Text) {
			return false
		}
	}
	return true
}

// spells reports whether text is a value of type t.
func spells(t arrow.DataType, text string) bool {
	b := scan.NewCellBuilder(memory.NewGoAllocator(), t)
	defer b.Release()
	return appendFolderText(b, text) == nil
}

func appendFolderText(b scan.CellBuilder, value string) error {
	switch b.Type().ID() {
	case arrow.LIST, arrow.MAP:
		return text.AppendJSON(b.Builder, []byte(value), true)
	case arrow.STRING, arrow.BINARY:
		return scan.AppendText(b.Builder, []byte(value))
	}
	if strings.TrimSpace(value) == "" {
		return scan.BadValue([]byte(value), b.Builder, nil)
	}
	return scan.AppendText(b.Builder, []byte(value))
}

// Found is files that patterns name.
type Found struct {
	Files  []store.Object
	Roots  map[string]string // of each file, the part of its name that its pattern fixed
	Format sources.Format
}

// FindAll finds files as Open does.
func FindAll(ctx context.Context, globs []string, opt sources.Options) (*Found, error) {
	if opt.Opener == nil {
		opt.Opener = localFiles{}
	}
	files, roots, err := findFiles(ctx, globs, &opt)
	if err != nil {
		return nil, err
	}
	return &Found{files, roots, opt.Format}, nil
}
