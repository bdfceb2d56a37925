package parquet

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"leapscore/internal/testseed"
)

// page is a page as it stands in a file, uncompressed.
type page struct {
	Type   format.PageType
	Values int32
	Body   string
}

// pagesOf walks the pages of all chunks, as their headers chain them.
func pagesOf(t *testing.T, data []byte) []page {
	t.Helper()
	var pages []page
	for _, rg := range footer(t, data).RowGroups {
		for _, chunk := range rg.Columns {
			m := chunk.MetaData
			at := m.DataPageOffset
			if m.DictionaryPageOffset.Valid {
				at = m.DictionaryPageOffset.V
			}
			for end := at + m.TotalCompressedSize; at < end; {
				r := bytes.NewReader(data[at:end])
				var h pageHeader
				if err := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(r)).Decode(&h); err != nil {
					t.Fatal(err)
				}
				at = end - int64(r.Len())
				body := data[at : at+int64(h.CompressedPageSize)]
				at += int64(h.CompressedPageSize)
				if sum := int32(crc32.ChecksumIEEE(body)); sum != h.CRC.V {
					t.Fatalf("checksum %x, want %x", h.CRC.V, sum)
				}
				pages = append(pages, page{
					Type:   h.Type,
					Values: h.DataPageHeader.V.NumValues + h.DictionaryPageHeader.V.NumValues,
					Body:   string(unpack(t, m.Codec, body, int(h.UncompressedPageSize))),
				})
			}
		}
	}
	return pages
}

func unpack(t *testing.T, codec format.CompressionCodec, body []byte, size int) []byte {
	t.Helper()
	out := make([]byte, size)
	if codec == format.Lz4Raw {
		n, err := lz4.UncompressBlock(body, out)
		if err != nil {
			t.Fatal(err)
		}
		return out[:n]
	}
	c, err := NewCodec(map[format.CompressionCodec]string{
		format.Uncompressed: "none", format.Snappy: "snappy", format.Gzip: "gzip", format.Zstd: "zstd", format.Brotli: "brotli",
	}[codec])
	if err != nil {
		t.Fatal(err)
	}
	out, err = c.codec.Decode(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPagesAreTheSameUnderEveryCodec(t *testing.T) {
	schema, recs := mixed(5000, 5000, false)
	want := pagesOf(t, encode(t, rand.New(rand.NewPCG(1, 1)), schema, recs[0], 2000, "none"))
	for _, codec := range []string{"snappy", "gzip", "zstd", "lz4_raw", "brotli"} {
		got := pagesOf(t, encode(t, rand.New(rand.NewPCG(1, 1)), schema, recs[0], 2000, codec))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-none +%s)\n%s", codec, codec, diff)
		}
	}
}

// The same rows give the same bytes whatever batches they come in, and whether
// strings are dictionaries or not. encode cuts batches at random.
func TestBytesDependOnRowsOnly(t *testing.T) {
	plain, recs := mixed(6000, 6000, false)
	coded, dicts := mixed(6000, 6000, true)
	for _, codec := range []string{"snappy", "gzip", "zstd", "lz4_raw", "brotli"} {
		want := encode(t, rand.New(rand.NewPCG(0, 3)), plain, recs[0], 2500, codec)
		for seed := range testseed.Seeds(t, 5) {
			r := rand.New(rand.NewPCG(seed, 4))
			if got := encode(t, r, plain, recs[0], 2500, codec); !bytes.Equal(got, want) {
				t.Errorf("%s: seed %d: other bytes in other batches", codec, seed)
			}
			if got := encode(t, r, coded, dicts[0], 2500, codec); !bytes.Equal(got, want) {
				t.Errorf("%s: seed %d: other bytes from dictionaries", codec, seed)
			}
		}
	}
}

func TestPagesAreCutAtRowsNearOneMebibyte(t *testing.T) {
	const rows, elements = 3000, 200
	b := array.NewListBuilder(mem, arrow.PrimitiveTypes.Float64)
	r := rand.New(rand.NewPCG(1, 5))
	for range rows {
		b.Append(true)
		for range elements {
			b.ValueBuilder().(*array.Float64Builder).Append(r.Float64())
		}
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: b.Type(), Nullable: true}}, nil)
	rec := array.NewRecord(schema, []arrow.Array{b.NewArray()}, rows)
	data := encode(t, r, schema, rec, rows, "none")
	checkLeaves(t, data, rec)
	values := int32(0)
	pages := pagesOf(t, data)
	for i, p := range pages {
		if p.Values%elements != 0 {
			t.Errorf("page %d has %d values: it ends inside a row", i, p.Values)
		}
		if len(p.Body) > pageSize*11/10 || i < len(pages)-1 && len(p.Body) < pageSize*9/10 {
			t.Errorf("page %d of %d has %d bytes, want about %d", i, len(pages), len(p.Body), pageSize)
		}
		values += p.Values
	}
	if values != rows*elements {
		t.Errorf("%d values, want %d", values, rows*elements)
	}
}

func TestLargeFlatColumnsHaveSeveralPages(t *testing.T) {
	const rows = 300_000
	text, bits := array.NewStringBuilder(mem), array.NewBooleanBuilder(mem)
	for i := range rows {
		text.Append(string(binary.BigEndian.AppendUint64([]byte("0123456789"), uint64(i)*0x9E3779B97F4A7C15)))
		if i%10 == 0 {
			bits.AppendNull()
		} else {
			bits.Append(i%3 == 0)
		}
	}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "s", Type: arrow.BinaryTypes.Binary},
		{Name: "b", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	}, nil)
	str := text.NewArray()
	bin := array.NewBinaryData(array.NewData(arrow.BinaryTypes.Binary, rows, str.Data().Buffers(), nil, 0, 0))
	rec := array.NewRecord(schema, []arrow.Array{bin, bits.NewArray()}, rows)
	data := encode(t, rand.New(rand.NewPCG(1, 6)), schema, rec, rows, "snappy")
	checkLeaves(t, data, rec)
	if n := len(pagesOf(t, data)); n != 8 {
		t.Errorf("%d pages, want 7 of strings and 1 of booleans", n)
	}
}
