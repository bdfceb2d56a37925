package column

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// EvenLists returns n lists of width values each, which follow one another in values. It
// borrows values.
func EvenLists(mem memory.Allocator, values arrow.Array, n, width int) (arrow.Array, error) {
	if values.Len() > math.MaxInt32 {
		return nil, fmt.Errorf("lists of %d values in a batch, want at most %d; use a smaller --batch-rows", values.Len(), math.MaxInt32)
	}
	offsets := memory.NewResizableBuffer(mem)
	offsets.Resize(4 * (n + 1))
	at := arrow.Int32Traits.CastFromBytes(offsets.Bytes())
	for i := range at {
		at[i] = int32(i * width)
	}
	data := values.Data()
	data.Retain()
	lists := listData(arrow.ListOf(values.DataType()), n, offsets, data.(*array.Data))
	defer lists.Release()
	return array.NewListData(lists), nil
}
