package iceberg

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/iceberg-go"

	"leapscore/sinks"
)

// dataFile describes a data file, with what is known of its columns.
func dataFile(spec iceberg.PartitionSpec, location string, f sinks.File, columns []sinks.ColumnStats) (iceberg.DataFile, error) {
	b, err := iceberg.NewDataFileBuilder(spec, iceberg.EntryContentData, location, iceberg.ParquetFile, nil, nil, nil, f.Rows, f.Bytes)
	if err != nil {
		return nil, err
	}
	sizes, values, nulls := map[int]int64{}, map[int]int64{}, map[int]int64{}
	lower, upper := map[int][]byte{}, map[int][]byte{}
	for _, c := range columns {
		id := int(c.ID)
		sizes[id] = c.Bytes
		if c.Nested {
			continue
		}
		values[id], nulls[id] = c.Values, c.Nulls
		if !plainIsSerial(c.Type) {
			continue
		}
		if c.Min != nil {
			lower[id] = c.Min
		}
		// To some readers NaN is the greatest number, and bounds leave it out.
		if c.Max != nil && !c.NaN {
			upper[id] = c.Max
		}
	}
	return b.ColumnSizes(sizes).ValueCounts(values).NullValueCounts(nulls).LowerBoundValues(lower).UpperBoundValues(upper).Build(), nil
}

// plainIsSerial reports whether Parquet's PLAIN form of a value is also Iceberg's
// form of a single value. That of decimals differs.
func plainIsSerial(t arrow.DataType) bool {
	return t.ID() != arrow.DECIMAL128
}
