package sources

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/internal/hive"
)

// Folders is the columns that the folders named key=value tell of some files.
type Folders struct {
	Keys  []string         // in the order of the first file that has them
	Types []arrow.DataType // of the keys

	Values  map[string][]hive.Value // of the keys, by file
	Outside map[string]string       // by key, the first file that is in no such folder
	Broken  map[string]error        // why a key cannot be read
}

// Value returns the value of key k for a file: null if it is in no such folder.
func (f *Folders) Value(file string, k int) hive.Value { return f.Values[file][k] }

// Err returns why a column cannot be read, or nil. files are the columns that the
// files have themselves.
func (f *Folders) Err(key string, files *arrow.Schema) error {
	if err := f.Broken[key]; err != nil {
		return err
	}
	if name := f.Outside[key]; name != "" && files.HasField(key) {
		return &FileError{Name: name, Err: fmt.Errorf(
			"column %q: the file is in no folder %s=..., as others are, and the files have a column of that name; read them apart", key, hive.Escape(key))}
	}
	return nil
}

// Clear reports whether Err is nil whatever the files hold.
func (f *Folders) Clear(key string) bool { return f.Broken[key] == nil && f.Outside[key] == "" }
