package sources

import (
	"context"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// ScanColumns is src.Scan of columns that may be asked for several times, as by two
// inputs that are mapped to one column. The source reads each once.
func ScanColumns(ctx context.Context, src Source, cols []string) (Scan, error) {
	var once []string
	at := make([]int, len(cols)) // in once, of each column
	for i, c := range cols {
		if at[i] = slices.Index(once, c); at[i] < 0 {
			at[i] = len(once)
			once = append(once, c)
		}
	}
	if len(once) == len(cols) {
		return src.Scan(ctx, cols)
	}
	scan, err := src.Scan(ctx, once)
	if err != nil {
		return nil, err
	}
	return Wrap(scan, func(r Reader, _ memory.Allocator) Reader { return &repeatingReader{r, at} }), nil
}

// repeatingReader returns columns several times.
type repeatingReader struct {
	Reader
	at []int // of each column that is returned, in those of Reader
}

func (r *repeatingReader) Next() (Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	rec := b.Record
	defer rec.Release()
	fields, cols := make([]arrow.Field, len(r.at)), make([]arrow.Array, len(r.at))
	for i, at := range r.at {
		fields[i], cols[i] = rec.Schema().Field(at), rec.Column(at)
	}
	b.Record = array.NewRecord(arrow.NewSchema(fields, nil), cols, rec.NumRows())
	return b, nil
}
