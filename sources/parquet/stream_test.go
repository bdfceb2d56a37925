package parquet_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/klauspost/compress/snappy"
	parquetgo "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/engine/store"
	"leapscore/internal/testseed"
	"leapscore/sources"
	"leapscore/sources/parquet"
	"leapscore/sources/sourcetest"
)

// farSnappy encodes a page whose second half repeats its first one as Snappy
// allows and its encoders never do: with copies from far back.
type farSnappy struct{}

func (farSnappy) String() string { return "SNAPPY" }

func (farSnappy) CompressionCodec() format.CompressionCodec { return format.Snappy }

func (farSnappy) Decode(dst, src []byte) ([]byte, error) { return snappy.Decode(dst, src) }

func (farSnappy) Encode(_, src []byte) ([]byte, error) {
	half := len(src) / 2
	out := binary.AppendUvarint(nil, uint64(len(src)))
	out = append(out, 63<<2)
	out = binary.LittleEndian.AppendUint32(out, uint32(half-1))
	out = append(out, src[:half]...)
	for at := half; at < len(src); {
		n := min(60, len(src)-at)
		if bytes.Equal(src[at:at+n], src[at-half:at-half+n]) {
			out = append(out, byte(n-1)<<2|3)
			out = binary.LittleEndian.AppendUint32(out, uint32(half))
		} else {
			out = append(append(out, byte(n-1)<<2), src[at:at+n]...)
		}
		at += n
	}
	return out, nil
}

type number struct {
	X float64 `parquet:"x,plain"`
}

// writeNumbers writes n rows in one page; the second half repeats the first.
func writeNumbers(t *testing.T, opts ...parquetgo.WriterOption) (string, []number) {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	rows := make([]number, 40_000)
	for i := range rows {
		if rows[i].X = r.NormFloat64(); i >= len(rows)/2 {
			rows[i] = rows[i-len(rows)/2]
		}
	}
	name := filepath.Join(t.TempDir(), "a.parquet")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	opts = append(opts, parquetgo.PageBufferSize(32*len(rows)))
	w := parquetgo.NewGenericWriter[number](f, opts...)
	_, err = w.Write(rows)
	if err := errors.Join(err, w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return name, rows
}

func TestPagesAreDecompressedInPieces(t *testing.T) {
	for name, opts := range map[string][]parquetgo.WriterOption{
		"snappy":       {parquetgo.Compression(&parquetgo.Snappy)},
		"snappy v1":    {parquetgo.Compression(&parquetgo.Snappy), parquetgo.DataPageVersion(1)},
		"uncompressed": {parquetgo.Compression(&parquetgo.Uncompressed)},
		"far copies":   {parquetgo.Compression(farSnappy{})},
	} {
		t.Run(name, func(t *testing.T) {
			file, rows := writeNumbers(t, opts...)
			s := sourcetest.OpenAs(t, parquet.Open, sources.Options{BatchRows: 1000}, file)
			parquet.SetReadAhead(s, 10_000)
			at := 0
			err := sourcetest.EachBatch(s, []string{"x"}, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
				for _, x := range b.Column(0).(*array.Float64).Float64Values() {
					if x != rows[at].X {
						t.Fatalf("row %d: %v, want %v", at, x, rows[at].X)
					}
					at++
				}
			})
			if err != nil || at != len(rows) {
				t.Errorf("%d rows, error %v", at, err)
			}
		})
	}
}

func TestDamagedPagesInPiecesNeverPanic(t *testing.T) {
	file, _ := writeNumbers(t, parquetgo.Compression(&parquetgo.Snappy))
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := testseed.Rand(t, 7, 8)
	for range 300 {
		data := append([]byte(nil), whole...)
		for range 3 {
			data[r.IntN(200)] ^= 1 << r.IntN(8)
		}
		opt := sources.Options{Opener: sourcetest.OneFile("bad.parquet", data), BatchRows: sources.DefaultBatchRows}
		s, err := parquet.Open(t.Context(), []store.Object{{Name: "bad.parquet", Size: int64(len(data))}}, opt)
		if err != nil {
			continue
		}
		parquet.SetReadAhead(s, 10_000)
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		checkDamageError(t, sourcetest.EachBatch(s, []string{"x"}, mem, func(sources.Split, sources.Batch) {}))
		mem.AssertSize(t, 0)
	}
}

type note struct {
	Text string `parquet:"text,plain,optional"`
}

func TestLongTextIsDecompressedInPieces(t *testing.T) {
	r := testseed.Rand(t, 9, 10)
	rows := make([]note, 6000)
	for i := range rows {
		rows[i].Text = strings.Repeat(strconv.Itoa(r.IntN(1000)), r.IntN(300))
		if i == 17 {
			rows[i].Text = strings.Repeat("longer than a window ", 10_000)
		}
		if i >= len(rows)/2 {
			rows[i] = rows[i-len(rows)/2]
		}
	}
	for name, codec := range map[string]parquetgo.WriterOption{
		"snappy": parquetgo.Compression(&parquetgo.Snappy), "uncompressed": parquetgo.Compression(&parquetgo.Uncompressed), "far copies": parquetgo.Compression(farSnappy{}),
	} {
		for version := 1; version <= 2; version++ {
			t.Run(fmt.Sprint(name, " v", version), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "a.parquet")
				if err := parquetgo.WriteFile(file, rows, codec, parquetgo.PageBufferSize(64<<20), parquetgo.DataPageVersion(version)); err != nil {
					t.Fatal(err)
				}
				s := sourcetest.OpenAs(t, parquet.Open, sources.Options{BatchRows: 700}, file)
				parquet.SetStreamFrom(s, 1<<10)
				at := 0
				err := sourcetest.EachBatch(s, []string{"text"}, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
					for i := range b.Column(0).Len() {
						got := b.Column(0).(*array.String)
						if want := rows[at].Text; got.IsNull(i) != (want == "") || got.Value(i) != want {
							t.Fatalf("row %d: %.40q, want %.40q", at, got.Value(i), want)
						}
						at++
					}
				})
				if err != nil || at != len(rows) {
					t.Errorf("%d rows, error %v", at, err)
				}
			})
		}
	}
}
