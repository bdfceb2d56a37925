package parquet

import (
	"bytes"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The structures of parquet.thrift that hold statistics are declared here,
// since those of package format lack the flags that tell exact bounds from
// cut ones, and cannot leave statistics out of pages.

type statistics struct {
	NullCount  int64               `thrift:"3,writezero"`
	MaxValue   thrift.Null[[]byte] `thrift:"5,optional"`
	MinValue   thrift.Null[[]byte] `thrift:"6,optional"`
	IsMaxExact thrift.Null[bool]   `thrift:"7,optional"`
	IsMinExact thrift.Null[bool]   `thrift:"8,optional"`
}

type columnMetaData struct {
	Type                  format.Type                            `thrift:"1,required"`
	Encoding              thrift.Slice[format.Encoding]          `thrift:"2,required"`
	PathInSchema          thrift.Slice[string]                   `thrift:"3,required"`
	Codec                 format.CompressionCodec                `thrift:"4,required"`
	NumValues             int64                                  `thrift:"5,required"`
	TotalUncompressedSize int64                                  `thrift:"6,required"`
	TotalCompressedSize   int64                                  `thrift:"7,required"`
	DataPageOffset        int64                                  `thrift:"9,required"`
	DictionaryPageOffset  thrift.Null[int64]                     `thrift:"11,optional"`
	Statistics            statistics                             `thrift:"12,required"`
	EncodingStats         thrift.Slice[format.PageEncodingStats] `thrift:"13,optional"`
}

type columnChunk struct {
	FileOffset int64          `thrift:"2,required"`
	MetaData   columnMetaData `thrift:"3,required"`
}

type rowGroup struct {
	Columns             thrift.Slice[columnChunk] `thrift:"1,required"`
	TotalByteSize       int64                     `thrift:"2,required"`
	NumRows             int64                     `thrift:"3,required"`
	FileOffset          int64                     `thrift:"5,required"`
	TotalCompressedSize int64                     `thrift:"6,required"`
	Ordinal             thrift.Null[int16]        `thrift:"7,optional"`
}

type fileMetaData struct {
	Version          int32                              `thrift:"1,required"`
	Schema           thrift.Slice[format.SchemaElement] `thrift:"2,required"`
	NumRows          int64                              `thrift:"3,required"`
	RowGroups        thrift.Slice[rowGroup]             `thrift:"4,required"`
	KeyValueMetadata thrift.Slice[format.KeyValue]      `thrift:"5,optional"`
	CreatedBy        string                             `thrift:"6,required"`
	ColumnOrders     thrift.Slice[format.ColumnOrder]   `thrift:"7,required"`
}

type dataPageHeader struct {
	NumValues               int32           `thrift:"1,required"`
	Encoding                format.Encoding `thrift:"2,required"`
	DefinitionLevelEncoding format.Encoding `thrift:"3,required"`
	RepetitionLevelEncoding format.Encoding `thrift:"4,required"`
}

type dictionaryPageHeader struct {
	NumValues int32           `thrift:"1,required"`
	Encoding  format.Encoding `thrift:"2,required"`
}

type pageHeader struct {
	Type                 format.PageType                   `thrift:"1,required"`
	UncompressedPageSize int32                             `thrift:"2,required"`
	CompressedPageSize   int32                             `thrift:"3,required"`
	CRC                  thrift.Null[int32]                `thrift:"4,optional"`
	DataPageHeader       thrift.Null[dataPageHeader]       `thrift:"5,optional"`
	DictionaryPageHeader thrift.Null[dictionaryPageHeader] `thrift:"7,optional"`
}

// marshal returns v in the compact protocol, which Parquet uses throughout.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	err := thrift.NewEncoder(new(thrift.CompactProtocol).NewWriter(&buf)).Encode(v)
	return buf.Bytes(), err
}

// statistics also reports whether there are values that are no numbers.
func (c *column) statistics() (statistics, bool) {
	st := statistics{NullCount: int64(c.nulls)}
	b := c.values.bounds()
	if !b.known {
		return st, b.nan
	}
	st.MinValue = thrift.New(b.min)
	st.IsMinExact = thrift.New(b.minExact)
	if !b.noMax {
		st.MaxValue = thrift.New(b.max)
		st.IsMaxExact = thrift.New(b.maxExact)
	}
	return st, b.nan
}
