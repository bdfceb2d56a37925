package parquet

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// INT96 is the timestamp of Impala, Hive and old Spark: nanoseconds of the day
// and a Julian day. No 64 bits hold all of its values. Microseconds hold all
// years that these engines know, nanoseconds all digits. A column is read as
// nanoseconds if its first values have digits below microseconds, and else as
// microseconds. A value that does not fit is an error.

const (
	julianEpoch = 2440588
	dayNanos    = 86_400_000_000_000

	// The rows that are looked at: of a file, and of all files.
	probeFile = 40_000
	probeAll  = 1 << 20
)

// errBelowMicros is for timestamps that microseconds do not hold.
var errBelowMicros = errors.New("has digits below microseconds, and the first values of the column have none; write it as TIMESTAMP(NANOS)")

// int96Of splits a value.
func int96Of(b []byte) (day, nanos int64) {
	return int64(int32(binary.LittleEndian.Uint32(b[8:]))) - julianEpoch, int64(binary.LittleEndian.Uint64(b))
}

func int96Error(day, nanos int64, err error) error {
	at := time.Unix(0, 0).UTC().AddDate(0, 0, int(day)).Add(time.Duration(nanos))
	return fmt.Errorf("INT96 timestamp %s: %w", at.Format("2006-01-02T15:04:05.999999999"), err)
}

// int96Micros reads timestamps as microseconds.
func int96Micros(dst []int64, src []byte) error {
	for i := range len(src) / 12 {
		day, nanos := int96Of(src[12*i:])
		if day > 106_000_000 || day < -106_000_000 {
			return fmt.Errorf("timestamp of day %d since 1970 exceeds microseconds", day)
		}
		if nanos%1000 != 0 {
			return int96Error(day, nanos, errBelowMicros)
		}
		dst[i] = day*(dayNanos/1000) + nanos/1000
	}
	return nil
}

// int96Nanos reads timestamps as nanoseconds.
func int96Nanos(dst []int64, src []byte) error {
	for i := range len(src) / 12 {
		day, nanos := int96Of(src[12*i:])
		d, n := day, nanos
		if d < 0 && n > 0 { // the first day that there is begins before its midnight
			d, n = d+1, n-dayNanos
		}
		at := d*dayNanos + n
		if d < math.MinInt64/dayNanos || d > math.MaxInt64/dayNanos || (n > 0) != (at > d*dayNanos) && n != 0 {
			return int96Error(day, nanos, errors.New(
				"is not from 1677 to 2262, which is what nanoseconds hold, and the first values of the column have digits below microseconds; write all of them as TIMESTAMP(MICROS)"))
		}
		dst[i] = at
	}
	return nil
}

// findNanos looks at the first values of INT96 columns, and returns those that
// want nanoseconds.
func (s *source) findNanos(ctx context.Context, metas []*metadata) (map[string]bool, error) {
	nanos := make(map[string]bool)
	left := int64(probeAll)
	for i, m := range metas {
		for _, c := range m.cols {
			name := c.field.Name
			if nanos[name] || left <= 0 || !m.hasInt96(name) {
				continue
			}
			n, err := s.probe(ctx, s.files[i], c)
			left -= n
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			// Any other trouble is met again by the scan that wants the column.
			if errors.Is(err, errBelowMicros) {
				nanos[name] = true
			}
		}
	}
	return nanos, nil
}

// probe reads the first rows of a column and returns how many there are.
func (s *source) probe(ctx context.Context, f *file, c *node) (int64, error) {
	p := &pass{src: s, cols: []string{c.field.Name}, schema: arrow.NewSchema([]arrow.Field{c.field}, nil)}
	var rows int64
	r := &reader{ctx: ctx, mem: memory.NewGoAllocator(), pass: p}
	for g := 0; g < len(f.rows) && rows < probeFile; g++ {
		if f.rows[g] > 0 {
			r.parts = append(r.parts, part{file: f, group: g, first: rows, to: f.rows[g]})
		}
		rows += f.rows[g]
	}
	defer r.Close()
	for rows = 0; rows < probeFile; {
		b, err := r.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows += b.NumRows()
		b.Release()
	}
	return rows, nil
}
