package arrow_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// int64s are the bytes of structs of Arrow's messages.
func int64s(values ...int64) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	return b
}

// patch replaces the one place that has these bytes.
func patch(tb testing.TB, data, from, to []byte) []byte {
	tb.Helper()
	if n := bytes.Count(data, from); n != 1 || len(from) != len(to) {
		tb.Fatalf("%x is there %d times, want once", from, n)
	}
	return bytes.Replace(data, from, to, 1)
}

// streamFile writes a stream of one column and one batch.
func streamFile(tb testing.TB, col arrow.Array, opts ...ipc.Option) []byte {
	tb.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: col.DataType(), Nullable: true}}, nil)
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, append(opts, ipc.WithSchema(schema))...)
	if err := w.Write(array.NewRecord(schema, []arrow.Array{col}, int64(col.Len()))); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func manyTexts(tb testing.TB, opts ...ipc.Option) []byte {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for range 1001 {
		b.Append("abc")
	}
	return streamFile(tb, b.NewArray(), opts...)
}

func views(tb testing.TB) []byte {
	b := array.NewStringViewBuilder(memory.DefaultAllocator)
	b.Append("a text that does not fit into its view")
	b.Append("")
	return streamFile(tb, b.NewArray())
}

func wide(tb testing.TB) []byte {
	b := array.NewFixedSizeBinaryBuilder(memory.DefaultAllocator, &arrow.FixedSizeBinaryType{ByteWidth: 0x55555})
	b.Append(make([]byte, 0x55555))
	b.Append(make([]byte, 0x55555))
	return streamFile(tb, b.NewArray())
}

// oneFieldManyTimes is a stream whose schema refers to one field, with a long
// name or long metadata, many times.
func oneFieldManyTimes(fields, entries int, text string) []byte {
	b := flatbuffers.NewBuilder(0)
	long := b.CreateString(text)
	vector := func(of flatbuffers.UOffsetT, n int) flatbuffers.UOffsetT {
		b.StartVector(4, n, 4)
		for range n {
			b.PrependUOffsetT(of)
		}
		return b.EndVector(n)
	}
	b.StartObject(2)
	b.PrependUOffsetTSlot(0, long, 0)
	b.PrependUOffsetTSlot(1, long, 0)
	meta := vector(b.EndObject(), entries)
	b.StartObject(2) // an integer
	b.PrependInt32Slot(0, 64, 0)
	typ := b.EndObject()
	b.StartObject(7)
	b.PrependUOffsetTSlot(0, long, 0)
	b.PrependByteSlot(2, 2, 0)
	b.PrependUOffsetTSlot(3, typ, 0)
	b.PrependUOffsetTSlot(6, meta, 0)
	list := vector(b.EndObject(), fields)
	b.StartObject(4)
	b.PrependUOffsetTSlot(1, list, 0)
	schema := b.EndObject()
	b.StartObject(5)
	b.PrependInt16Slot(0, 4, 0) // metadata version 5
	b.PrependByteSlot(1, 1, 0)
	b.PrependUOffsetTSlot(2, schema, 0)
	b.Finish(b.EndObject())
	msg := b.FinishedBytes()
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(msg))), msg...)
}

func TestArrowTakesNoMemoryForWhatAFileCannotHold(t *testing.T) {
	stream, file := sourcetest.Numbers(t, false, 3), sourcetest.Numbers(t, true, 3)
	long, longer := int64s(0, 24), int64s(0, 1<<30)
	overlapping := sourcetest.Numbers(t, true, 10_000, 1, 1)
	at := bytes.LastIndex(overlapping, int64s(80_000))
	if at < 16 {
		t.Fatal("no block of 80000 bytes in the footer")
	}
	copy(overlapping[at+8:], overlapping[at-16:at+8])
	views := views(t)
	tests := []struct {
		name string
		data []byte
		cols []string
		want string
	}{
		{"a buffer behind its message", patch(t, stream, long, longer), []string{"n"}, "a buffer of 1073741824 bytes at 0 in a message of"},
		{"the same in a file", patch(t, file, long, longer), []string{"n"}, "a buffer of 1073741824 bytes at 0 in a message of"},
		{"compressed text that says it is long", patch(t, manyTexts(t, ipc.WithZstd()), int64s(4008), int64s(1<<30)), []string{"c"}, "a buffer of 1073741824 bytes, want at most"},
		{"the same by LZ4", patch(t, manyTexts(t, ipc.WithLZ4()), int64s(4008), int64s(1<<30)), []string{"c"}, "a buffer of 1073741824 bytes, want at most"},
		{"views of more buffers than there are", patch(t, views, append([]byte{1, 0, 0, 0}, int64s(1)...), append([]byte{1, 0, 0, 0}, int64s(1<<30)...)), nil, "a view of 1073741824 buffers"},
		{"blocks that overlap", overlapping, nil, "overlaps"},
		{"names that are one", oneFieldManyTimes(1000, 0, strings.Repeat("n", 1<<20)), nil, "too much text"},
		{"metadata that is one", oneFieldManyTimes(3000, 3000, "x"), nil, "too much text"},
		{"long metadata that is one", oneFieldManyTimes(1, 1000, strings.Repeat("n", 1<<20)), nil, "too much text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			s, err := files.Open(context.Background(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("x.arrow", tt.data)})
			if err == nil {
				_, err = sourcetest.TextColumns(s, tt.cols)
			}
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 200<<20 {
				t.Errorf("%d bytes were taken for a file of %d", n, len(tt.data))
			}
		})
	}
}

// TestArrowValuesThatAreTooWideAreRefused has a product of width and length
// that overflows.
func TestArrowValuesThatAreTooWideAreRefused(t *testing.T) {
	data := wide(t)
	width := binary.LittleEndian.AppendUint32(nil, 0x55555)
	for _, w := range []uint32{1 << 30, 1<<32 - 1} {
		bad := patch(t, data, width, binary.LittleEndian.AppendUint32(nil, w))
		if w == 1<<30 {
			bad = bytes.ReplaceAll(bad, int64s(2), int64s(1<<30))
		}
		if err := readArrowBytes(t, "x.arrow", bad); err == nil {
			t.Errorf("values of %d bytes were read", int32(w))
		}
	}
}
