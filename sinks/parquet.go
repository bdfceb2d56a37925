package sinks

import (
	"fmt"
	"io"
	"maps"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sinks/internal/parquet"
)

// parquetFormat writes Parquet: a block is a row group.
type parquetFormat struct {
	schema    *parquet.Schema
	codec     parquet.Codec
	suffix    string
	createdBy string
	metadata  map[string]string

	groups   sync.Pool // of *parquet.Group, empty
	encoders sync.Pool // of *parquet.Encoder
}

func newParquet(o Options) (*parquetFormat, error) {
	schema, err := parquet.NewSchema(o.Schema)
	if err != nil {
		return nil, err
	}
	if o.Compression == DefaultCompression {
		o.Compression = Snappy
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
	return &parquetFormat{
		schema:    schema,
		codec:     codec,
		suffix:    ".parquet",
		createdBy: createdBy(o.Version),
		metadata:  metadata,
	}, nil
}

// createdBy has the form that readers parse to know the bugs of writers.
func createdBy(version string) string {
	if version == "" {
		version = "0.0.0"
	}
	return "leapscore version " + version
}

func (f *parquetFormat) ext() string { return f.suffix }

func (f *parquetFormat) newBlock() block {
	if g, ok := f.groups.Get().(*parquet.Group); ok {
		return parquetBlock{g}
	}
	return parquetBlock{f.schema.NewGroup()}
}

// newSmallBlock takes nothing from the pool: groups keep the memory of the most
// rows they ever had.
func (f *parquetFormat) newSmallBlock() block { return parquetBlock{f.schema.NewGroup()} }

func (f *parquetFormat) restore(data []byte) (chunk, error) {
	e, err := parquet.Restore(data)
	return parquetChunk{e}, err
}

func (f *parquetFormat) encode(b block) (chunk, error) {
	e, ok := f.encoders.Get().(*parquet.Encoder)
	if !ok {
		e = parquet.NewEncoder(f.codec)
	}
	g := b.(parquetBlock).g
	enc, err := e.Encode(g)
	if err != nil {
		return nil, err
	}
	f.encoders.Put(e)
	f.groups.Put(g)
	return parquetChunk{enc}, nil
}

func (f *parquetFormat) newFile(w io.Writer) file {
	return parquetFile{parquet.NewFile(w, f.schema, f.createdBy, f.metadata)}
}

type parquetBlock struct{ g *parquet.Group }

func (b parquetBlock) append(rec arrow.Record, lo, hi int) error { return b.g.Append(rec, lo, hi) }
func (b parquetBlock) appendSpans(rec arrow.Record, spans []int) error {
	return b.g.AppendSpans(rec, spans)
}
func (b parquetBlock) merge(o block) { b.g.Merge(o.(parquetBlock).g) }
func (b parquetBlock) rows() int     { return b.g.Rows() }
func (b parquetBlock) size() int64   { return b.g.Size() }

type parquetChunk struct{ e *parquet.Encoded }

func (c parquetChunk) rows() int   { return c.e.Rows }
func (c parquetChunk) size() int64 { return c.e.Size() }

func (c parquetChunk) save() ([]byte, error) { return c.e.Save() }

type parquetFile struct{ f *parquet.File }

func (f parquetFile) append(c chunk) error { return f.f.Append(c.(parquetChunk).e) }
func (f parquetFile) close() error         { return f.f.Close() }

func (f parquetFile) stats() []parquet.ColumnStats { return f.f.Stats() }
