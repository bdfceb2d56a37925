package files

import (
	"context"
	"io"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/arrow"
	"leapscore/sources/avro"
	"leapscore/sources/leap"
	"leapscore/sources/parquet"
	"leapscore/sources/text"
)

// format is how files of one format are opened.
type format struct {
	open   func(context.Context, []store.Object, sources.Options) (sources.Source, error)
	stream func(context.Context, io.Reader, sources.Options) (sources.Source, error) // nil if a stream cannot carry it
	text   bool                                                                      // its reader checks that strings are UTF-8
}

// formats are all that can be read. Package filetype has their names and extensions.
var formats = map[sources.Format]format{
	sources.Parquet:     {open: parquet.Open},
	sources.CSV:         {open: text.Open, stream: text.OpenStream, text: true},
	sources.JSON:        {open: text.Open, stream: text.OpenStream, text: true},
	sources.Arrow:       {open: arrow.Open, stream: arrow.OpenStream},
	sources.ArrowStream: {open: arrow.Open, stream: arrow.OpenStream},
	sources.Leap:        {open: leap.Open},
	sources.LeapBinary:  {open: leap.Open},
	sources.Avro:        {open: avro.Open},
}
