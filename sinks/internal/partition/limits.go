package partition

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/engine/store"
	"leapscore/internal/hive"
	"leapscore/sinks/internal/unwritable"
)

// Limits say what the names of folders can be where a table is. 0 is no limit.
type Limits struct {
	name int // bytes of one folder
	path int // and of all of them
}

const (
	maxName  = 255  // of the file systems that there are
	maxKey   = 1024 // of object stores
	fileRoom = 100  // of a key, for the name of a file
)

func LimitsOf(st *store.Store, out string) Limits {
	if _, ok := st.Folders(); ok {
		return Limits{name: maxName}
	}
	return Limits{path: max(maxKey-fileRoom-len(out), 1)}
}

// checkValue refuses values that cannot be folders.
func (l Limits) checkValue(key, s string) error {
	switch {
	case !utf8.ValidString(s):
		return errors.New("is not UTF-8 and cannot be the name of a folder")
	case strings.ContainsRune(s, 0):
		return errors.New("has a NUL and cannot be the name of a folder")
	case l.name > 0 && len(hive.Folder(key, &s)) > l.name:
		return fmt.Errorf("makes the name of a folder of %d bytes, and %d is the most", len(hive.Folder(key, &s)), l.name)
	}
	return nil
}

var errLongPath = errors.New("makes the path of the folders too long for the store")

// checkPaths checks the folders of the codes that are new, and the rows against those
// that are too long.
func (k *Keyer) checkPaths() error {
	last := len(k.p.columns) - 1
	codes := len(k.coders[0].values)
	if last > 0 {
		codes = len(k.tuples[last])
	}
	for ; k.p.Limits.path > 0 && k.paths < codes; k.paths++ {
		if k.tooLong(k.tuple(last, int32(k.paths))) {
			k.long = append(k.long, int32(k.paths))
		}
	}
	if k.long != nil && slices.ContainsFunc(k.codes, func(c int32) bool { return slices.Contains(k.long, c) }) {
		return errLongPath
	}
	return nil
}

func (k *Keyer) tooLong(values []*string) bool {
	n := 0
	for i, v := range values {
		n += 1 + len(hive.Folder(k.p.names[i], v))
	}
	return k.p.Limits.path > 0 && n > k.p.Limits.path
}

// Refused finds the rows whose values are to blame for err, an error of keys.
func (k *Keyer) Refused(rec arrow.Record, err error) error {
	for i, at := range k.p.columns {
		if e := k.badValues(rec, i, at); e != nil {
			return e
		}
	}
	if !errors.Is(err, errLongPath) {
		return err
	}
	e := &unwritable.ValueError{Column: k.p.names[0], Folder: true}
	for row := range int(rec.NumRows()) {
		values := make([]*string, len(k.p.columns))
		for i, at := range k.p.columns {
			values[i] = textAt(rec.Column(at), row)
		}
		if k.tooLong(values) {
			e.Add(row, *cmp.Or(values[0], new(string)), err.Error())
		}
	}
	if len(e.Rows) == 0 {
		return err
	}
	return e
}

func (k *Keyer) badValues(rec arrow.Record, i, at int) *unwritable.ValueError {
	e := &unwritable.ValueError{Column: k.p.names[i], Folder: true}
	for row := range int(rec.NumRows()) {
		s := textAt(rec.Column(at), row)
		if s == nil {
			continue
		}
		if why := k.coders[i].check(*s); why != nil {
			e.Add(row, *s, why.Error())
		}
	}
	if len(e.Rows) == 0 {
		return nil
	}
	return e
}

// textAt is a value as it stands in the name of a folder; null is nil.
func textAt(arr arrow.Array, row int) *string {
	if ext, ok := arr.(array.ExtensionArray); ok {
		arr = ext.Storage()
	}
	if d, ok := arr.(*array.Dictionary); ok && d.IsValid(row) {
		arr, row = d.Dictionary(), d.GetValueIndex(row)
	}
	if _, null := arr.(*array.Null); null || arr.IsNull(row) {
		return nil
	}
	s := textOf(arr.DataType())(arr, row)
	return &s
}
