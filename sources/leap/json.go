package leap

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sources/internal/scan"
	"leapscore/sources/internal/tensor"
)

// loadJSON takes a JSON frame apart into its schema and its rows.
func loadJSON(data []byte) (*frame, error) {
	var f struct {
		Schema *schemaJSON        `json:"schema"`
		Rows   *[]json.RawMessage `json:"rows"`
	}
	if err := json.Unmarshal(data, &f); err != nil {
		if wrong, ok := errors.AsType[*json.SyntaxError](err); ok && wrong.Offset >= int64(len(data)) {
			return nil, errCut
		}
		return nil, fmt.Errorf("is no leap frame in JSON: %w", err)
	}
	if f.Schema == nil || f.Rows == nil {
		return nil, errors.New("is no leap frame: want an object with schema and rows")
	}
	fields, err := f.Schema.decode()
	return &frame{fields: fields, rows: *f.Rows}, err
}

// appendJSONRow appends a row, which is an array. Values beyond the schema are
// ignored, as MLeap does.
func appendJSONRow(raw json.RawMessage, file *file, cells []scan.CellBuilder) error {
	var row []json.RawMessage
	if err := json.Unmarshal(raw, &row); err != nil {
		return err
	}
	if len(row) < len(file.slots) {
		return fmt.Errorf("%d values, want %d", len(row), len(file.slots))
	}
	for i, slot := range file.slots {
		if slot < 0 {
			continue
		}
		if err := appendJSON(file.frame.fields[i], row[i], cells[slot].Builder); err != nil {
			return fmt.Errorf("column %q: %w", file.frame.fields[i].name, err)
		}
	}
	return nil
}

var jsonNull = []byte("null")

func appendJSON(f field, raw json.RawMessage, b array.Builder) error {
	if f.nullable && bytes.Equal(raw, jsonNull) {
		b.AppendNull()
		return nil
	}
	switch f.kind {
	case "list":
		var list *[]json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil || list == nil {
			return fmt.Errorf("%s is not a list", scan.Short(raw))
		}
		l := b.(*array.ListBuilder)
		l.Append(true)
		return appendScalars(*list, l.ValueBuilder())
	case "map":
		return appendMap(raw, b.(*array.MapBuilder))
	case "tensor":
		var t struct {
			Dims    *[]int32           `json:"dimensions"`
			Values  *[]json.RawMessage `json:"values"`
			Indices *[][]int32         `json:"indices"`
		}
		if err := json.Unmarshal(raw, &t); err != nil || t.Dims == nil || t.Values == nil {
			return fmt.Errorf("%s is not a tensor", scan.Short(raw))
		}
		v := tensor.Value{Dims: *t.Dims}
		if t.Indices != nil {
			v.Sparse, v.Indices = true, *t.Indices
		}
		into, err := v.AppendTo(b, len(*t.Values))
		if err != nil {
			return err
		}
		return appendScalars(*t.Values, into)
	}
	return appendScalar(raw, b)
}

func appendMap(raw json.RawMessage, b *array.MapBuilder) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("%s is not a map", scan.Short(raw))
	}
	b.Append(true)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return err
		}
		b.KeyBuilder().(*array.StringBuilder).Append(key.(string))
		if err := appendScalar(v, b.ItemBuilder()); err != nil {
			return err
		}
	}
	return nil
}

func appendScalars(list []json.RawMessage, b array.Builder) error {
	for _, raw := range list {
		if err := appendScalar(raw, b); err != nil {
			return err
		}
	}
	return nil
}

// appendScalar appends a value that is not null. A float that is null is
// NaN, which is how MLeap writes it.
func appendScalar(raw json.RawMessage, b array.Builder) error {
	switch b := b.(type) {
	case *array.Float64Builder:
		v, err := parseFloat(raw, 64)
		if err != nil {
			return err
		}
		b.Append(v)
		return nil
	case *array.Float32Builder:
		v, err := parseFloat(raw, 32)
		if err != nil {
			return err
		}
		b.Append(float32(v))
		return nil
	case *array.BooleanBuilder:
		var v *bool
		if err := json.Unmarshal(raw, &v); err != nil || v == nil {
			return fmt.Errorf("%s is not a boolean", scan.Short(raw))
		}
		b.Append(*v)
		return nil
	case *array.StringBuilder, *array.BinaryBuilder:
		var v *string
		if err := json.Unmarshal(raw, &v); err != nil || v == nil {
			return fmt.Errorf("%s is not a string", scan.Short(raw))
		}
		text := []byte(*v)
		if _, ok := b.(*array.BinaryBuilder); ok {
			var err error
			if text, err = base64.StdEncoding.DecodeString(*v); err != nil {
				return fmt.Errorf("%s is not base64", scan.Short(raw))
			}
		}
		tensor.AppendText(b, text)
		return nil
	}
	v, err := parseInt(raw, intBits(b))
	if err != nil {
		return err
	}
	tensor.AppendBits(b, uint64(v))
	return nil
}

func intBits(b array.Builder) int {
	switch b.(type) {
	case *array.Int8Builder:
		return 8
	case *array.Int16Builder:
		return 16
	case *array.Int32Builder:
		return 32
	}
	return 64
}

func parseFloat(raw []byte, bits int) (float64, error) {
	if bytes.Equal(raw, jsonNull) {
		return math.NaN(), nil
	}
	if !isJSONNumber(raw) {
		return 0, fmt.Errorf("%s is not a number", scan.Short(raw))
	}
	v, err := strconv.ParseFloat(string(raw), bits)
	if errors.Is(err, strconv.ErrRange) { // infinite, as in Java
		err = nil
	}
	return v, err
}

// isJSONNumber tells a number from other values: raw is valid JSON.
func isJSONNumber(raw []byte) bool { return raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' }

func parseInt(raw []byte, bits int) (int64, error) {
	v, err := strconv.ParseInt(string(raw), 10, bits)
	if err == nil {
		return v, nil
	}
	if isJSONNumber(raw) && !errors.Is(err, strconv.ErrRange) { // 1.0 and 1E2 are whole too
		f, err := strconv.ParseFloat(string(raw), 64)
		if most := math.Ldexp(1, bits-1); err == nil && f == math.Trunc(f) && f >= -most && f < most {
			return int64(f), nil
		}
	}
	return 0, fmt.Errorf("%s is not a whole number of %d bits", scan.Short(raw), bits)
}
