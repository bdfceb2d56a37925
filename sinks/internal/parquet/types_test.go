package parquet_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/float16"
	"github.com/apache/arrow/go/v15/arrow/memory"
	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/sinks/internal/parquet"
)

// written writes one column and opens the file.
func written(t *testing.T, f arrow.Field, arr arrow.Array) (*pq.File, error) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{f}, nil)
	ps, err := parquet.NewSchema(schema)
	if err != nil {
		t.Fatal(err)
	}
	codec, err := parquet.NewCodec("none")
	if err != nil {
		t.Fatal(err)
	}
	g := ps.NewGroup()
	if err := g.Append(array.NewRecord(schema, []arrow.Array{arr}, int64(arr.Len())), 0, arr.Len()); err != nil {
		return nil, err
	}
	enc, err := parquet.NewEncoder(codec).Encode(g)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	out := parquet.NewFile(&buf, ps, "x", nil)
	if err := out.Append(enc); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := pq.OpenFile(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return file, nil
}

func TestUUIDsAndHalfFloatsSayWhatTheyAre(t *testing.T) {
	ids := array.NewFixedSizeBinaryBuilder(memory.DefaultAllocator, &arrow.FixedSizeBinaryType{ByteWidth: 16})
	ids.Append([]byte("0123456789abcdef"))
	halves := array.NewFloat16Builder(memory.DefaultAllocator)
	halves.Append(float16.New(1.5))
	meta := arrow.NewMetadata([]string{"ARROW:extension:name"}, []string{"arrow.uuid"})
	tests := []struct {
		name  string
		field arrow.Field
		arr   arrow.Array
		want  format.LogicalTypeValue
		bytes string
	}{
		{"uuid", arrow.Field{Name: "c", Type: ids.Type(), Metadata: meta}, ids.NewArray(), &format.UUIDType{}, "0123456789abcdef"},
		{"half", arrow.Field{Name: "c", Type: halves.Type()}, halves.NewArray(), &format.Float16Type{}, "\x00\x3e"},
	}
	for _, tt := range tests {
		file, err := written(t, tt.field, tt.arr)
		if err != nil {
			t.Fatal(err)
		}
		if got := file.Metadata().Schema[1].LogicalType.Value; got == nil || got.String() != tt.want.String() {
			t.Errorf("%s: the logical type is %v, want %v", tt.name, got, tt.want)
		}
		rows := make([]pq.Row, 1)
		if n, _ := file.RowGroups()[0].Rows().ReadRows(rows); n != 1 || string(rows[0][0].ByteArray()) != tt.bytes {
			t.Errorf("%s: rows %v, want one of %q", tt.name, rows, tt.bytes)
		}
	}
}

func TestDecimalsOfTooManyDigitsAreErrors(t *testing.T) {
	for _, precision := range []int32{9, 18, 30} {
		typ := &arrow.Decimal128Type{Precision: precision, Scale: 2}
		b := array.NewDecimal128Builder(memory.DefaultAllocator, typ)
		b.Append(decimal128.FromI64(1))
		b.Append(decimal128.GetScaleMultiplier(int(precision)))
		_, err := written(t, arrow.Field{Name: "c", Type: typ}, b.NewArray())
		if err == nil || !strings.Contains(err.Error(), "does not fit into decimal") {
			t.Errorf("precision %d: error %v, want one about digits", precision, err)
		}
	}
}
