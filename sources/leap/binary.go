package leap

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sources/internal/scan"
	"leapscore/sources/internal/tensor"
)

var errCut = errors.New("is cut short")

// loadBinary reads the head of a binary frame: the schema and the number
// of rows. All numbers are big-endian.
func loadBinary(data []byte) (*frame, error) {
	w := binaryInput{b: data}
	text := w.take(w.count(1))
	if w.err != nil {
		return nil, fmt.Errorf("schema: %w", w.err)
	}
	if err := scan.CheckJSONText(text); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	var s schemaJSON
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	fields, err := s.decode()
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if f.kind == "map" {
			return nil, fmt.Errorf("column %q: a map, which binary frames do not hold", f.name)
		}
	}
	n := int32(w.uint(4))
	if w.err != nil || n < 0 {
		return nil, fmt.Errorf("%d rows: %w", n, errCut)
	}
	if len(fields) == 0 && n > 0 {
		return nil, fmt.Errorf("%d rows without columns", n)
	}
	f := &frame{fields: fields, data: w.b, count: int64(n)}
	if f.data == nil {
		f.data = []byte{}
	}
	return f, nil
}

// binaryInput reads a binary frame. After an error all that it reads is zero.
type binaryInput struct {
	b   []byte
	err error
}

func (w *binaryInput) take(n int) []byte {
	if w.err == nil && n > len(w.b) {
		w.err = errCut
	}
	if w.err != nil {
		return nil
	}
	b := w.b[:n]
	w.b = w.b[n:]
	return b
}

func (w *binaryInput) uint(n int) uint64 {
	var v uint64
	for _, c := range w.take(n) {
		v = v<<8 | uint64(c)
	}
	return v
}

// count reads a length of things that take at least size bytes each.
func (w *binaryInput) count(size int) int {
	n := int(int32(w.uint(4)))
	if w.err == nil && (n < 0 || n*size > len(w.b)) {
		w.err = fmt.Errorf("a length of %d: %w", n, errCut)
		return 0
	}
	return n
}

// row reads one row and appends it to the cells, or skips it if there are none.
func (w *binaryInput) row(fields []field, slots []int, cells []scan.CellBuilder) error {
	for i, f := range fields {
		var b array.Builder
		if slots != nil && slots[i] >= 0 {
			b = cells[slots[i]].Builder
		}
		err := w.field(f, b)
		if w.err != nil {
			err = w.err
		}
		if err != nil {
			return fmt.Errorf("column %q: %w", f.name, err)
		}
	}
	return nil
}

func (w *binaryInput) field(f field, b array.Builder) error {
	if f.nullable && w.uint(1) == 0 {
		if b != nil && w.err == nil {
			b.AppendNull()
		}
		return nil
	}
	switch f.kind {
	case "list":
		n := w.count(leastSize(f.base))
		if b != nil {
			l := b.(*array.ListBuilder)
			l.Append(true)
			b = l.ValueBuilder()
		}
		return w.values(f.base, n, b)
	case "tensor":
		return w.tensor(f, b)
	}
	return w.values(f.base, 1, b)
}

func (w *binaryInput) tensor(f field, b array.Builder) error {
	var t tensor.Value
	kind := w.uint(2)
	if kind > 1 && w.err == nil {
		return fmt.Errorf("a tensor of kind %d, want 0 or 1", kind)
	}
	t.Sparse = kind == 1
	dims := int(w.uint(2))
	for range dims {
		t.Dims = append(t.Dims, int32(w.uint(4)))
	}
	n := w.count(leastSize(f.base))
	values := *w
	if err := w.values(f.base, n, nil); err != nil {
		return err
	}
	if t.Sparse {
		for range w.count(2) {
			var at []int32
			for range int(w.uint(2)) {
				if at = append(at, int32(w.uint(4))); w.err != nil {
					return w.err
				}
			}
			t.Indices = append(t.Indices, at)
		}
	}
	if b == nil || w.err != nil {
		return w.err
	}
	into, err := t.AppendTo(b, n)
	if err != nil {
		return err
	}
	return values.values(f.base, n, into)
}

// leastSize is the least size of a value.
func leastSize(base string) int {
	switch base {
	case "boolean", "byte":
		return 1
	case "short":
		return 2
	case "long", "double":
		return 8
	}
	return 4
}

// values reads n values and appends them to b, or skips them if it is nil.
func (w *binaryInput) values(base string, n int, b array.Builder) error {
	text := base == "string" || base == "byte_string"
	if b == nil && !text {
		w.take(n * leastSize(base))
		return w.err
	}
	for range n {
		if text {
			s := w.take(w.count(1))
			if w.err == nil && b != nil {
				tensor.AppendText(b, s)
			}
		} else {
			v := w.uint(leastSize(base))
			tensor.AppendBits(b, v)
		}
		if w.err != nil {
			return w.err
		}
	}
	return nil
}
