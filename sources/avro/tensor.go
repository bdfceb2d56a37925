package avro

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/hamba/avro/v2"

	"leapscore/sources/internal/tensor"
)

// isTensor says whether a record has the fields of the tensors that MLeap's
// avro format writes: dimensions, values and indices.
func isTensor(s *avro.RecordSchema) bool {
	f := s.Fields()
	return len(f) == 3 && f[0].Name() == "dimensions" && f[1].Name() == "values" && f[2].Name() == "indices" &&
		f[0].Type().Type() == avro.Array && f[2].Type().Type() == avro.Union
}

var tensorBases = map[string]string{
	"Boolean": "boolean", "Byte": "byte", "Short": "short", "Int": "int", "Long": "long",
	"Float": "float", "Double": "double", "String": "string", "ByteString": "byte_string",
}

// tensorOf returns how to read a tensor, in the form that other leap frames have.
func tensorOf(s *avro.RecordSchema, base string) (arrow.DataType, readFunc, error) {
	elem := tensor.Bases[tensorBases[base]]
	if elem == nil {
		return nil, nil, fmt.Errorf("a tensor of %q", base)
	}
	var t arrow.DataType = arrow.ListOf(elem)
	if base == "Double" {
		t = tensor.VectorType
	}
	var item readFunc
	if a, ok := s.Fields()[1].Type().(*avro.ArraySchema); ok {
		var err error
		if _, _, item, err = typeOf(a.Items(), mostDepth); err != nil {
			return nil, nil, err
		}
	} else if s.Fields()[1].Type().Type() != avro.Bytes {
		return nil, nil, fmt.Errorf("a tensor with values of %s", s.Fields()[1].Type())
	}
	null := int64(0)
	if u := s.Fields()[2].Type().(*avro.UnionSchema); len(u.Types()) == 2 && u.Types()[1].Type() == avro.Null {
		null = 1
	}
	return t, func(w *input, b array.Builder) error { return readTensor(w, b, item, null) }, nil
}

// readTensor reads a tensor; item is nil if its values are bytes, and
// null is the branch of the indices of a dense one.
func readTensor(w *input, b array.Builder, item readFunc, null int64) error {
	var t tensor.Value
	if _, err := w.items(func() error {
		t.Dims = append(t.Dims, int32(w.long()))
		return nil
	}); err != nil {
		return err
	}
	values := *w
	n, err := tensorValues(w, nil, item)
	if err != nil {
		return err
	}
	if w.long() != null {
		t.Sparse = true
		_, err := w.items(func() error {
			var at []int32
			_, err := w.items(func() error {
				at = append(at, int32(w.long()))
				return nil
			})
			t.Indices = append(t.Indices, at)
			return err
		})
		if err != nil {
			return err
		}
	}
	if b == nil || w.err != nil {
		return w.err
	}
	into, err := t.AppendTo(b, n)
	if err != nil {
		return err
	}
	_, err = tensorValues(&values, into, item)
	return err
}

func tensorValues(w *input, into array.Builder, item readFunc) (int, error) {
	if item != nil {
		return w.items(func() error { return item(w, into) })
	}
	text := w.take(w.long())
	for _, c := range text {
		tensor.AppendBits(into, uint64(c))
	}
	return len(text), w.err
}
