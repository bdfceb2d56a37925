package bundle

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io/fs"
	"math"
	"path"
	"reflect"
	"slices"
	"strings"
)

// Digest identifies what an op is loaded from: the op, its attributes to the
// bit, and the payload files of its folder by name and content. Models with one
// digest load alike, whatever their bundles, their nodes and columns are called;
// the reverse does not hold, as one tree can be written in several ways.
func (m *Model) Digest() ([sha256.Size]byte, error) {
	d := digester{sha256.New()}
	d.text(m.Op)
	d.attrs(m.Attrs)
	var sum [sha256.Size]byte
	if m.Files != nil {
		names, err := m.Files.payloads()
		if err != nil {
			return sum, err
		}
		for _, name := range names {
			data, err := m.Files.ReadFile(name)
			if err != nil {
				return sum, err
			}
			d.text(name)
			d.text(string(data))
		}
	}
	d.Sum(sum[:0])
	return sum, nil
}

// payloads lists the files below the folder, by their names in it and sorted,
// but for those of the node and the model themselves.
func (d *Dir) payloads() ([]string, error) {
	var names []string
	add := func(name string) {
		rel := strings.TrimPrefix(name, d.path+"/")
		if name != d.nodeFile() && name != d.modelFile() {
			names = append(names, rel)
		}
	}
	if d.files.zip != nil {
		for name, z := range d.files.zip {
			if strings.HasPrefix(name, d.path+"/") && !strings.HasSuffix(z.Name, "/") {
				add(name)
			}
		}
		slices.Sort(names)
		return names, nil
	}
	err := fs.WalkDir(d.files.fsys, path.Clean(d.path), func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return inFile(name, reason(err))
		}
		if !e.IsDir() {
			add(name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// digester writes values so that different ones give different bytes: numbers by
// their bits, what has a length with it.
type digester struct{ hash.Hash }

func (d digester) num(x uint64) { d.Write(binary.BigEndian.AppendUint64(nil, x)) }

func (d digester) text(s string) {
	d.num(uint64(len(s)))
	d.Write([]byte(s))
}

func (d digester) attrs(a *Attrs) {
	names := a.Names()
	d.num(uint64(len(names)))
	for _, name := range names {
		d.text(name)
		d.value(reflect.ValueOf(a.values[name]))
	}
}

func (d digester) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice:
		if v.IsNil() {
			d.num(0)
			return
		}
		if v.Kind() == reflect.Pointer {
			d.num(1)
			d.value(v.Elem())
			return
		}
		d.num(uint64(v.Len()) + 1)
		for i := range v.Len() {
			d.value(v.Index(i))
		}
	case reflect.Struct:
		if m, ok := v.Interface().(Model); ok { // of an attribute: it has no files
			d.text(m.Op)
			d.attrs(m.Attrs)
			return
		}
		for i := range v.NumField() {
			d.value(v.Field(i))
		}
	case reflect.Float32, reflect.Float64:
		d.num(math.Float64bits(v.Float()))
	case reflect.String:
		d.text(v.String())
	case reflect.Bool:
		if v.Bool() {
			d.num(1)
		} else {
			d.num(0)
		}
	case reflect.Uint8:
		d.num(v.Uint())
	default:
		d.num(uint64(v.Int()))
	}
}
