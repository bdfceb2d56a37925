//go:build !nosql

package vector

// #include "duckdb.h"
import "C"

import (
	"encoding/binary"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A UUID is 16 bytes in Arrow, in a field that says so, and in DuckDB a number of
// 128 bits whose first bit is turned over, so that it sorts as its text does.

// uuidMeta says of a field of 16 bytes that they are a UUID, as Arrow IPC does.
var uuidMeta = arrow.NewMetadata([]string{"ARROW:extension:name", "ARROW:extension:metadata"}, []string{"arrow.uuid", ""})

var uuidBytes = &arrow.FixedSizeBinaryType{ByteWidth: 16}

// UUID is a field of UUIDs.
func UUID(name string) arrow.Field {
	return arrow.Field{Name: name, Type: uuidBytes, Metadata: uuidMeta, Nullable: true}
}

// IsUUID reports whether a field is a UUID.
func IsUUID(f arrow.Field) bool {
	name, _ := f.Metadata.GetValue("ARROW:extension:name")
	return name == "arrow.uuid" && arrow.TypeEqual(f.Type, uuidBytes)
}

// hugeint is how DuckDB lays out 128 bits.
type hugeint struct {
	lower uint64
	upper int64
}

const firstBit = 1 << 63

// FillUUIDs writes the n UUIDs from lo on of an array into a vector.
func FillUUIDs(vector unsafe.Pointer, a *array.FixedSizeBinary, lo, n int) {
	v := C.duckdb_vector(vector)
	fillNulls(v, a, lo, n, 0)
	for i, out := 0, values[hugeint](v, n); i < n; i++ {
		if a.IsValid(lo + i) {
			b := a.Value(lo + i)
			out[i] = hugeint{binary.BigEndian.Uint64(b[8:]), int64(binary.BigEndian.Uint64(b) ^ firstBit)}
		}
	}
}

// uuidAppender reads UUIDs.
type uuidAppender struct{ b *array.FixedSizeBinaryBuilder }

func newUUIDAppender(mem memory.Allocator) appender {
	return &uuidAppender{array.NewFixedSizeBinaryBuilder(mem, uuidBytes)}
}

func (a *uuidAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	mask, src := validity(v, hi), values[hugeint](v, hi)
	var b [16]byte
	for i := lo; i < hi; i++ {
		if !isValid(mask, i) {
			a.b.AppendNull()
			continue
		}
		binary.BigEndian.PutUint64(b[:8], uint64(src[i].upper)^firstBit)
		binary.BigEndian.PutUint64(b[8:], src[i].lower)
		a.b.Append(b[:])
	}
}

func (a *uuidAppender) appendNulls(n int) { a.b.AppendNulls(n) }

func (a *uuidAppender) array() arrow.Array { return a.b.NewArray() }
func (a *uuidAppender) release()           { a.b.Release() }
