package sources

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/cespare/xxhash/v2"

	"leapscore/internal/arrays"
	"leapscore/internal/similar"
)

// Sample returns about percent of the rows of src: those whose key has a small
// hash. Which they are depends on the values of the columns keys only, not on the
// order of the rows, on files or on who reads them; a larger sample has all rows
// of a smaller one; and rows of one key are in it together or not at all.
//
// The hash is XXH64 with seed 0 of the keys in their order: for null a zero byte,
// else a byte 1, the length of the value's text as an unsigned varint (LEB128),
// and the text. The text of an integer is decimal; of a float the shortest decimal
// that gives it back, as an integer if it is one below 2^53; of a boolean true or
// false; of a date 2006-01-02; of a timestamp RFC 3339 in UTC without trailing
// zeros. Strings and bytes are their own. So a key of integers gives one sample
// whether it is stored as integers, as doubles or as text. A row is in the sample
// if its hash is below percent/100 * 2^64.
//
// Rows keep their places in the files. Closing the sample closes src.
func Sample(src Source, percent float64, keys []string) (Source, error) {
	if !(percent > 0 && percent <= 100) {
		return nil, fmt.Errorf("sample of %v%%, want more than 0%% and at most 100%%", percent)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("a sample needs a key: columns whose values say which rows are in it")
	}
	s := &sampled{Source: src, keys: keys, bound: math.MaxUint64}
	if percent < 100 {
		s.bound = uint64(percent / 100 * (1 << 63) * 2)
	}
	names := arrays.FieldNames(src.Schema())
	for _, k := range keys {
		f, ok := src.Schema().FieldsByName(k)
		if !ok {
			return nil, fmt.Errorf("sample-key: the source has no column %s; it has %s", similar.Each([]string{k}, names), similar.List(names))
		}
		if !hasKeyText(f[0].Type) {
			return nil, fmt.Errorf("sample-key: column %q is %s, which is no key; want numbers, strings, booleans, dates or timestamps", k, f[0].Type)
		}
	}
	return s, nil
}

type sampled struct {
	Source
	keys  []string
	bound uint64 // the first hash that is not in it; all are if it is the largest
}

// Unwrap returns the source that the rows are from.
func (s *sampled) Unwrap() Source { return s.Source }

func (s *sampled) Scan(ctx context.Context, cols []string) (Scan, error) {
	read := slices.Clone(cols)
	sc := &sampleScan{src: s, cols: len(cols)}
	for _, k := range s.keys {
		at := slices.Index(read, k)
		if at < 0 {
			at = len(read)
			read = append(read, k)
		}
		sc.at = append(sc.at, at)
	}
	var err error
	sc.Scan, err = s.Source.Scan(ctx, read)
	return sc, err
}

type sampleScan struct {
	Scan
	src  *sampled
	cols int   // that were asked for; keys that were not come behind
	at   []int // positions of the keys
}

// Rows returns -1: how many keys are in the sample shows as they are read.
func (s *sampleScan) Rows() int64 { return -1 }

func (s *sampleScan) Next() (Split, error) {
	split, err := s.Scan.Next()
	if err != nil {
		return split, err
	}
	split.Rows = 0
	return split.Through(func(r Reader, mem memory.Allocator) Reader {
		return &sampleReader{Reader: r, scan: s, mem: mem}
	}), nil
}

type sampleReader struct {
	Reader
	scan *sampleScan
	mem  memory.Allocator
	key  []byte
}

func (r *sampleReader) Next() (Batch, error) {
	for {
		b, err := r.Reader.Next()
		if err != nil {
			return b, err
		}
		rows := r.rows(b)
		if len(rows) == 0 {
			b.Release()
			continue
		}
		rec, err := r.pick(b.Record, rows)
		b.Release()
		if err != nil {
			return Batch{}, err
		}
		whole := b
		b.Record, b.Bad = rec, b.BadOf(rows)
		b.Place = func(i int) (string, int64) { return whole.At(rows[i]) }
		return b, nil
	}
}

// rows returns the rows of b that are in the sample.
func (r *sampleReader) rows(b Batch) []int {
	texts := make([]keyText, len(r.scan.at))
	for i, at := range r.scan.at {
		texts[i] = newKeyText(b.Column(at))
	}
	rows := make([]int, 0, 64)
	for row := range int(b.NumRows()) {
		r.key = r.key[:0]
		for i, at := range r.scan.at {
			if b.Column(at).IsNull(row) {
				r.key = append(r.key, 0)
				continue
			}
			text := texts[i](row)
			r.key = append(r.key, 1)
			r.key = binary.AppendUvarint(r.key, uint64(len(text)))
			r.key = append(r.key, text...)
		}
		if bound := r.scan.src.bound; xxhash.Sum64(r.key) < bound || bound == math.MaxUint64 {
			rows = append(rows, row)
		}
	}
	return rows
}

// pick returns the columns that were asked for, with the given rows.
func (r *sampleReader) pick(rec arrow.Record, rows []int) (arrow.Record, error) {
	fields := rec.Schema().Fields()[:r.scan.cols]
	cols := make([]arrow.Array, r.scan.cols)
	for i := range cols {
		arr, err := pickRows(r.mem, rec.Column(i), rows)
		if err != nil {
			return nil, err
		}
		defer arr.Release()
		cols[i] = arr
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(len(rows))), nil
}

// pickRows returns the rows of arr with the given numbers, which ascend.
func pickRows(mem memory.Allocator, arr arrow.Array, rows []int) (arrow.Array, error) {
	var runs []arrow.Array
	defer func() {
		for _, run := range runs {
			run.Release()
		}
	}()
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && rows[j] == rows[j-1]+1 {
			j++
		}
		runs = append(runs, array.NewSlice(arr, int64(rows[i]), int64(rows[j-1])+1))
		i = j
	}
	if len(runs) == 1 {
		runs[0].Retain()
		return runs[0], nil
	}
	return array.Concatenate(runs, mem)
}

// keyText returns the text of a value that is not null, which stays valid until
// the next call.
type keyText func(row int) string

func hasKeyText(dt arrow.DataType) bool {
	if d, ok := dt.(*arrow.DictionaryType); ok {
		dt = d.ValueType
	}
	switch dt.ID() {
	case arrow.BOOL, arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64,
		arrow.FLOAT32, arrow.FLOAT64, arrow.STRING, arrow.LARGE_STRING, arrow.BINARY, arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY,
		arrow.DATE32, arrow.DATE64, arrow.TIMESTAMP, arrow.DECIMAL128, arrow.DECIMAL256:
		return true
	}
	return false
}

func newKeyText(arr arrow.Array) keyText {
	switch arr := arr.(type) {
	case *array.Dictionary:
		of := newKeyText(arr.Dictionary())
		return func(row int) string { return of(arr.GetValueIndex(row)) }
	case interface{ Value(int) string }: // strings
		return arr.Value
	case interface{ Value(int) []byte }: // bytes
		return func(row int) string { return string(arr.Value(row)) }
	case *array.Float64:
		return func(row int) string { return floatText(arr.Value(row), 64) }
	case *array.Float32:
		return func(row int) string { return floatText(float64(arr.Value(row)), 32) }
	case *array.Date32:
		return func(row int) string { return arr.Value(row).ToTime().Format(time.DateOnly) }
	case *array.Date64:
		return func(row int) string { return arr.Value(row).ToTime().Format(time.DateOnly) }
	case *array.Timestamp:
		unit := arr.DataType().(*arrow.TimestampType).Unit
		return func(row int) string { return arr.Value(row).ToTime(unit).UTC().Format(time.RFC3339Nano) }
	}
	return arr.ValueStr // of booleans, integers and decimals
}

func floatText(x float64, bits int) string {
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return strconv.FormatInt(int64(x), 10)
	}
	return strconv.FormatFloat(x, 'g', -1, bits)
}
