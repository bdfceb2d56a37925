package format

import (
	"fmt"
	"io"
	"maps"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sinks/internal/parquet"
)

// parquetEncoder writes Parquet: a block is a row group.
type parquetEncoder struct {
	schema    *parquet.Schema
	codec     parquet.Codec
	suffix    string
	createdBy string
	metadata  map[string]string

	groups   kept[*parquet.Group] // empty
	encoders kept[*parquet.Encoder]
}

// NewParquet returns how to write Parquet files, whatever o.Format is.
func NewParquet(o Options) (Encoder, error) {
	schema, err := parquet.NewSchema(o.Schema)
	if err != nil {
		return nil, err
	}
	if o.Compression == CompressionDefault {
		o.Compression = CompressionSnappy
	}
	codec, err := parquet.NewCodec(o.Compression.String())
	if err != nil {
		return nil, err
	}
	metadata := o.Metadata
	add := func(key, value string) {
		metadata = maps.Clone(metadata)
		if metadata == nil {
			metadata = map[string]string{}
		}
		metadata[key] = value
	}
	types, err := arrowSchemaText(o.Schema)
	if err != nil {
		return nil, err
	}
	if types != "" {
		add(arrowKey, types)
	}
	switch spark, err := sparkSchema(o.Schema); {
	case err != nil && o.VectorUDT:
		return nil, fmt.Errorf("%w; leave it out, or write vectors in another form", err)
	case err == nil && spark != "":
		add(sparkKey, spark)
	}
	return &parquetEncoder{
		schema:    schema,
		codec:     codec,
		suffix:    ".parquet",
		createdBy: CreatedBy(o.Version),
		metadata:  metadata,
	}, nil
}

// CreatedBy has the form that readers parse to know the bugs of writers.
func CreatedBy(version string) string {
	if version == "" {
		version = "0.0.0"
	}
	return "leapscore version " + version
}

func (f *parquetEncoder) Ext() string { return f.suffix }

func (f *parquetEncoder) NewBlock() Block {
	if g, ok := f.groups.take(); ok {
		return parquetBlock{g}
	}
	return parquetBlock{f.schema.NewGroup()}
}

// NewSmallBlock takes nothing from the pool: groups keep the memory of the most
// rows they ever had.
func (f *parquetEncoder) NewSmallBlock() Block { return parquetBlock{f.schema.NewGroup()} }

func (f *parquetEncoder) Restore(data []byte) (RowGroup, error) {
	e, err := parquet.Restore(data)
	return parquetRows{e}, err
}

func (f *parquetEncoder) Encode(b Block) (RowGroup, error) {
	e, ok := f.encoders.take()
	if !ok {
		e = parquet.NewEncoder(f.codec)
	}
	g := b.(parquetBlock).g
	enc, err := e.Encode(g)
	if err != nil {
		return nil, err
	}
	f.encoders.put(e)
	f.groups.put(g)
	return parquetRows{enc}, nil
}

func (f *parquetEncoder) NewFile(w io.Writer) File {
	return parquetFile{parquet.NewFile(w, f.schema, f.createdBy, f.metadata)}
}

type parquetBlock struct{ g *parquet.Group }

func (b parquetBlock) Append(rec arrow.Record, lo, hi int) error { return b.g.Append(rec, lo, hi) }
func (b parquetBlock) AppendSpans(rec arrow.Record, spans []int) error {
	return b.g.AppendSpans(rec, spans)
}
func (b parquetBlock) Merge(o Block) { b.g.Merge(o.(parquetBlock).g) }
func (b parquetBlock) Rows() int     { return b.g.Rows() }
func (b parquetBlock) Size() int64   { return b.g.Size() }

type parquetRows struct{ e *parquet.Encoded }

func (c parquetRows) Rows() int   { return c.e.Rows }
func (c parquetRows) Size() int64 { return c.e.Size() }

func (c parquetRows) Save() ([]byte, error) { return c.e.Save() }

type parquetFile struct{ f *parquet.File }

func (f parquetFile) Append(c RowGroup) error { return f.f.Append(c.(parquetRows).e) }
func (f parquetFile) Close() error            { return f.f.Close() }

func (f parquetFile) Stats() []parquet.ColumnStats { return f.f.Stats() }
