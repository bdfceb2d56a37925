package column

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Filter returns the columns cols, of n rows each, cut down to the rows for
// which keep is true. The caller releases the result.
func Filter(mem memory.Allocator, cols []arrow.Array, n int, keep func(row int) bool) ([]arrow.Array, error) {
	var runs [][2]int64
	for row := 0; row < n; {
		if !keep(row) {
			row++
			continue
		}
		start := row
		for row < n && keep(row) {
			row++
		}
		runs = append(runs, [2]int64{int64(start), int64(row)})
	}
	out := make([]arrow.Array, 0, len(cols))
	for _, c := range cols {
		arr, err := concat(mem, c, runs)
		if err != nil {
			for _, o := range out {
				o.Release()
			}
			return nil, err
		}
		out = append(out, arr)
	}
	return out, nil
}

func concat(mem memory.Allocator, c arrow.Array, runs [][2]int64) (arrow.Array, error) {
	switch len(runs) {
	case 0:
		return array.NewSlice(c, 0, 0), nil
	case 1:
		return array.NewSlice(c, runs[0][0], runs[0][1]), nil
	}
	parts := make([]arrow.Array, len(runs))
	for i, r := range runs {
		parts[i] = array.NewSlice(c, r[0], r[1])
		defer parts[i].Release()
	}
	return array.Concatenate(parts, mem)
}
