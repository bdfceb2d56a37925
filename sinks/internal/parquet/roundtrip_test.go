package parquet

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	parquetgo "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"

	"leapscore/internal/testseed"
)

// plain returns the values of arr in a form in which those of its Parquet
// form are equal: nil, numbers, strings, []any.
func plain(arr arrow.Array) []any {
	out := make([]any, arr.Len())
	for i := range out {
		out[i] = plainAt(arr, i)
	}
	return out
}

func plainAt(arr arrow.Array, i int) any {
	if arr.IsNull(i) || arr.DataType().ID() == arrow.NULL {
		return nil
	}
	switch a := arr.(type) {
	case *array.Dictionary:
		return plainAt(a.Dictionary(), a.GetValueIndex(i))
	case *array.Struct:
		fields := []any{}
		for f := range a.NumField() {
			fields = append(fields, plainAt(a.Field(f), i))
		}
		return fields
	case array.ListLike:
		elements := []any{}
		for lo, hi := a.ValueOffsets(i); lo < hi; lo++ {
			elements = append(elements, plainAt(a.ListValues(), int(lo)))
		}
		return elements
	}
	return plainScalar(arr, i)
}

func plainScalar(arr arrow.Array, i int) any {
	switch a := arr.(type) {
	case *array.Boolean:
		return a.Value(i)
	case *array.Float32:
		return fmt.Sprintf("%08x", math.Float32bits(a.Value(i)))
	case *array.Float64:
		return fmt.Sprintf("%016x", math.Float64bits(a.Value(i)))
	case *array.Binary:
		return string(a.Value(i))
	case *array.LargeBinary:
		return string(a.Value(i))
	case *array.String:
		return a.Value(i)
	case *array.LargeString:
		return a.Value(i)
	case *array.Timestamp:
		unit := a.DataType().(*arrow.TimestampType).Unit
		return a.Value(i).ToTime(unit).UnixNano()
	case *array.Time32:
		return a.Value(i).ToTime(a.DataType().(*arrow.Time32Type).Unit).UnixNano()
	case *array.Date64:
		return arrow.Date32FromTime(a.Value(i).ToTime())
	case *array.Date32:
		return a.Value(i)
	}
	return arr.ValueStr(i)
}

// encode writes recs in groups of the given rows, by batches of random size.
func encode(t *testing.T, r *rand.Rand, schema *arrow.Schema, rec arrow.Record, group int, codec string) []byte {
	t.Helper()
	s, err := NewSchema(schema)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewCodec(codec)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	f, e, g := NewFile(&buf, s, "test", map[string]string{"b": "2", "a": "1"}), NewEncoder(c), s.NewGroup()
	flush := func() {
		enc, err := e.Encode(g)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Append(enc); err != nil {
			t.Fatal(err)
		}
	}
	for lo, n := 0, int(rec.NumRows()); lo < n; {
		hi := min(lo+r.IntN(group), n, lo+group-g.Rows())
		switch r.IntN(3) {
		case 0: // as a range of the record
			err = g.Append(rec, lo, hi)
		case 1: // as a sliced record
			err = g.Append(rec.NewSlice(int64(lo), int64(hi)), 0, hi-lo)
		case 2: // as a group of its own
			o := s.NewGroup()
			err = o.Append(rec, lo, hi)
			g.Merge(o)
		}
		if err != nil {
			t.Fatal(err)
		}
		if g.Rows() == group {
			flush()
		}
		lo = hi
	}
	if g.Rows() > 0 {
		flush()
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// readArrow reads a file with Arrow's own reader.
func readArrow(t *testing.T, data []byte) arrow.Table {
	t.Helper()
	pr, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	fr, err := pqarrow.NewFileReader(pr, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := fr.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestArrowReadsBackEveryType(t *testing.T) {
	for _, typ := range append(flatTypes(), nestedTypes()...) {
		for _, nullable := range []bool{true, false} {
			if typ.ID() == arrow.NULL && !nullable {
				continue
			}
			t.Run(fmt.Sprint(typ, " nullable=", nullable), func(t *testing.T) {
				for seed := range testseed.Seeds(t, 5) {
					r := rand.New(rand.NewPCG(seed, 7))
					g := &generator{r: r}
					f := arrow.Field{Name: "x", Type: typ, Nullable: nullable}
					schema := arrow.NewSchema([]arrow.Field{f}, nil)
					rows := 1 + r.IntN(1500)
					rec := array.NewRecord(schema, []arrow.Array{g.array(f, rows)}, int64(rows))
					data := encode(t, r, schema, rec, 1+rows/(1+r.IntN(3)), "snappy")

					checkLeaves(t, data, rec)
					if strings.Contains(typ.String(), "fixed_size_list") && nullable {
						continue // pqarrow 15 reads it, but not as it stands
					}
					table := readArrow(t, data)
					var got []any
					for _, chunk := range table.Column(0).Data().Chunks() {
						got = append(got, plain(chunk)...)
					}
					if wrote := plain(rec.Column(0)); !reflect.DeepEqual(wrote, got) {
						t.Fatalf("seed %d: (-wrote +read)\n%s", seed, cmp.Diff(wrote, got))
					}
				}
			})
		}
	}
}

func TestRandomTablesRoundTripWithEveryCodec(t *testing.T) {
	types := append(flatTypes(), nestedTypes()...)
	// parquet-go 0.32 cannot read all pages of lz4_raw; TestPagesAreTheSameUnderEveryCodec does.
	for i, codec := range []string{"none", "snappy", "gzip", "zstd", "brotli"} {
		t.Run(codec, func(t *testing.T) {
			r := testseed.Rand(t, uint64(i), 11)
			g := &generator{r: r}
			var fields []arrow.Field
			var arrays []arrow.Array
			const rows = 5000
			for c := range 12 {
				f := g.field(fmt.Sprint("column ", c), types[r.IntN(len(types))])
				fields, arrays = append(fields, f), append(arrays, g.array(f, rows))
			}
			schema := arrow.NewSchema(fields, nil)
			rec := array.NewRecord(schema, arrays, rows)
			data := encode(t, r, schema, rec, 2000, codec)
			checkLeaves(t, data, rec)
		})
	}
}

// leafValue is a value of a leaf with its levels.
type leafValue struct {
	Rep, Def int
	Value    string
}

// checkLeaves reads the file with parquet-go and compares each leaf's levels
// and values, and the statistics, to those worked out here, value by value.
func checkLeaves(t *testing.T, data []byte, rec arrow.Record) {
	t.Helper()
	f, err := parquetgo.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if f.NumRows() != rec.NumRows() {
		t.Fatalf("%d rows, want %d", f.NumRows(), rec.NumRows())
	}
	var want [][]leafValue
	for i, field := range rec.Schema().Fields() {
		leaves := make([][]leafValue, leafCount(field.Type))
		for row := range int(rec.NumRows()) {
			shred(leaves, rec.Column(i), row, field, 0, 0, 0)
		}
		want = append(want, leaves...)
	}
	got := make([][]leafValue, len(want))
	for _, rg := range f.RowGroups() {
		for c, chunk := range rg.ColumnChunks() {
			pages := chunk.Pages()
			for {
				page, err := pages.ReadPage()
				if err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				values := make([]parquetgo.Value, page.NumValues())
				if n, _ := page.Values().ReadValues(values); n != len(values) {
					t.Fatalf("%d of %d values", n, len(values))
				}
				for _, v := range values {
					lv := leafValue{Rep: v.RepetitionLevel(), Def: v.DefinitionLevel()}
					if !v.IsNull() {
						lv.Value = string(v.AppendBytes(nil))
					}
					got[c] = append(got[c], lv)
				}
			}
			if err := pages.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for c := range want {
		// Diff is slow on what is equal.
		if !slices.Equal(want[c], got[c]) {
			t.Fatalf("leaf %d: (-want +got)\n%s", c, cmp.Diff(want[c], got[c]))
		}
	}
	checkStatistics(t, data, want)
}

func leafCount(t arrow.DataType) int {
	switch t := t.(type) {
	case *arrow.StructType:
		n := 0
		for _, f := range t.Fields() {
			n += leafCount(f.Type)
		}
		return n
	case *arrow.MapType:
		return leafCount(t.KeyType()) + leafCount(t.ItemType())
	case arrow.ListLikeType:
		return leafCount(t.Elem())
	}
	return 1
}

// shred appends what row i of arr gives in each leaf, by the definition of
// levels: rep is the level of the first value, depth that of the list around.
func shred(leaves [][]leafValue, arr arrow.Array, i int, f arrow.Field, rep, depth, def int) {
	ends := func() {
		for l := range leaves {
			leaves[l] = append(leaves[l], leafValue{Rep: rep, Def: def})
		}
	}
	if f.Nullable {
		if arr.IsNull(i) || arr.DataType().ID() == arrow.NULL {
			ends()
			return
		}
		def++
	}
	switch a := arr.(type) {
	case *array.Struct:
		at := 0
		for c, child := range f.Type.(*arrow.StructType).Fields() {
			n := leafCount(child.Type)
			shred(leaves[at:at+n], a.Field(c), i, child, rep, depth, def)
			at += n
		}
	case array.ListLike:
		lo, hi := a.ValueOffsets(i)
		if lo == hi {
			ends()
			return
		}
		elem := f.Type.(arrow.ListLikeType).ElemField()
		for j := lo; j < hi; j++ {
			shred(leaves, a.ListValues(), int(j), elem, rep, depth+1, def+1)
			rep = depth + 1
		}
	default:
		leaves[0] = append(leaves[0], leafValue{Rep: rep, Def: def, Value: string(plainBytes(arr, i))})
	}
}

// plainBytes returns a value as PLAIN pages hold it.
func plainBytes(arr arrow.Array, i int) []byte {
	le := binary.LittleEndian
	switch a := arr.(type) {
	case *array.Dictionary:
		return plainBytes(a.Dictionary(), a.GetValueIndex(i))
	case *array.Boolean:
		if a.Value(i) {
			return []byte{1}
		}
		return []byte{0}
	case *array.Int8:
		return le.AppendUint32(nil, uint32(a.Value(i)))
	case *array.Int16:
		return le.AppendUint32(nil, uint32(a.Value(i)))
	case *array.Uint8:
		return le.AppendUint32(nil, uint32(a.Value(i)))
	case *array.Uint16:
		return le.AppendUint32(nil, uint32(a.Value(i)))
	case *array.String:
		return []byte(a.Value(i))
	case *array.LargeString:
		return []byte(a.Value(i))
	case *array.Binary:
		return a.Value(i)
	case *array.LargeBinary:
		return a.Value(i)
	case *array.FixedSizeBinary:
		return a.Value(i)
	case *array.Date64:
		return le.AppendUint32(nil, uint32(arrow.Date32FromTime(a.Value(i).ToTime())))
	case *array.Time32:
		v := uint32(a.Value(i))
		if a.DataType().(*arrow.Time32Type).Unit == arrow.Second {
			v *= 1000
		}
		return le.AppendUint32(nil, v)
	case *array.Timestamp:
		v := uint64(a.Value(i))
		if a.DataType().(*arrow.TimestampType).Unit == arrow.Second {
			v *= 1000
		}
		return le.AppendUint64(nil, v)
	case *array.Decimal128:
		v := a.Value(i)
		switch p := a.DataType().(*arrow.Decimal128Type).Precision; {
		case p <= 9:
			return le.AppendUint32(nil, uint32(v.LowBits()))
		case p <= 18:
			return le.AppendUint64(nil, v.LowBits())
		}
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(v.HighBits())), v.LowBits())
	}
	width := arr.DataType().(arrow.FixedWidthDataType).Bytes()
	at := (arr.Data().Offset() + i) * width
	return arr.Data().Buffers()[1].Bytes()[at : at+width]
}

// footer decodes the footer of a file with all that statistics have.
func footer(t *testing.T, data []byte) fileMetaData {
	t.Helper()
	size := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	var meta fileMetaData
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), data[len(data)-8-size:len(data)-8], &meta); err != nil {
		t.Fatal(err)
	}
	return meta
}

// checkStatistics checks that null counts are right, that no value is outside the
// bounds, and that bounds said to be exact occur.
func checkStatistics(t *testing.T, data []byte, leaves [][]leafValue) {
	t.Helper()
	meta := footer(t, data)
	schema, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	at := make([]int, len(leaves))
	for _, rg := range meta.RowGroups {
		for c, chunk := range rg.Columns {
			m := chunk.MetaData
			top := int(schema.MetaData().Schema.Column(c).MaxDefinitionLevel())
			compare := comparison(schema.MetaData().Schema.Column(c))
			values := leaves[c][at[c] : at[c]+int(m.NumValues)]
			at[c] += int(m.NumValues)
			nulls, isMin, isMax, some := 0, false, false, false
			for _, v := range values {
				if v.Def < top {
					nulls++
					continue
				}
				if compare(v.Value, v.Value) != 0 {
					continue // NaN
				}
				some = true
				if !m.Statistics.MinValue.Valid {
					t.Fatalf("column %v: no bounds", m.PathInSchema)
				}
				if compare(v.Value, string(m.Statistics.MinValue.V)) < 0 || compare(v.Value, string(m.Statistics.MaxValue.V)) > 0 {
					t.Fatalf("column %v: %q is not within %q and %q", m.PathInSchema, v.Value, m.Statistics.MinValue.V, m.Statistics.MaxValue.V)
				}
				isMin = isMin || compare(v.Value, string(m.Statistics.MinValue.V)) == 0
				isMax = isMax || compare(v.Value, string(m.Statistics.MaxValue.V)) == 0
			}
			if int64(nulls) != m.Statistics.NullCount {
				t.Errorf("column %v: null count %d, want %d", m.PathInSchema, m.Statistics.NullCount, nulls)
			}
			if some != m.Statistics.MinValue.Valid {
				t.Errorf("column %v: bounds there %v, want %v", m.PathInSchema, m.Statistics.MinValue.Valid, some)
			}
			if isMin != m.Statistics.IsMinExact.V || isMax != m.Statistics.IsMaxExact.V {
				t.Errorf("column %v: exact %v and %v, found %v and %v", m.PathInSchema,
					m.Statistics.IsMinExact.V, m.Statistics.IsMaxExact.V, isMin, isMax)
			}
		}
	}
}
