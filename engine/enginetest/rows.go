package enginetest

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sinks"
)

// Home is a row. Nil is null.
type Home struct {
	ID    int64    `json:"id"`
	City  *string  `json:"city"`
	Kind  *string  `json:"kind"`
	Rooms *int32   `json:"rooms"`
	Area  *float64 `json:"area"`
	Note  *string  `json:"note"`
}

// Homes makes n rows, of which about one in bad is refused by a model that
// does not keep unknown cities; bad 0 means none.
func Homes(seed uint64, n, bad int) []Home {
	r := rand.New(rand.NewPCG(seed, 1))
	rows := make([]Home, n)
	for i := range rows {
		rows[i] = Home{
			ID: int64(i), City: new(Cities[r.IntN(len(Cities))]), Kind: new(append(Kinds, "boat")[r.IntN(3)]),
			Rooms: new(r.Int32N(7)), Area: new(20 + float64(r.IntN(20_000))/64), Note: new(fmt.Sprintf("note %d, \"%x\"", i, r.Uint32())),
		}
		if r.IntN(5) == 0 {
			rows[i].Note = nil
		}
		if bad > 0 && r.IntN(bad) == 0 {
			spoil(&rows[i], r.IntN(3))
		}
	}
	return rows
}

func spoil(h *Home, how int) {
	switch how {
	case 0:
		h.City = nil
	case 1:
		h.City = new("Atlantis")
	default:
		h.Rooms = nil
	}
}

// Bad reports whether a model that does not keep unknown cities refuses h.
func (h Home) Bad() bool { return h.City == nil || *h.City == "Atlantis" || h.Rooms == nil }

// Schema is the schema of homes.
var Schema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64},
	{Name: "city", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "kind", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "rooms", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "area", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "note", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// Record returns the rows as a record.
func Record(mem memory.Allocator, rows []Home) arrow.Record {
	b := array.NewRecordBuilder(mem, Schema)
	defer b.Release()
	for _, h := range rows {
		b.Field(0).(*array.Int64Builder).Append(h.ID)
		add(b.Field(1).(*array.StringBuilder), h.City)
		add(b.Field(2).(*array.StringBuilder), h.Kind)
		add(b.Field(3).(*array.Int32Builder), h.Rooms)
		add(b.Field(4).(*array.Float64Builder), h.Area)
		add(b.Field(5).(*array.StringBuilder), h.Note)
	}
	return b.NewRecord()
}

func add[T any](b interface {
	Append(T)
	AppendNull()
}, x *T,
) {
	if x == nil {
		b.AppendNull()
	} else {
		b.Append(*x)
	}
}

// WriteParquet writes the rows as one file with row groups of about group rows.
func WriteParquet(path string, rows []Home, group int) (err error) {
	ctx := context.Background()
	st, name, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	t, err := sinks.CreateFile(ctx, st, name, sinks.Options{Schema: Schema, RunID: "homes", Mode: sinks.ModeOverwrite, GroupRows: group})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Abort(ctx)) }()
	part, err := t.Part(ctx, 0)
	if err != nil {
		return err
	}
	rec := Record(memory.DefaultAllocator, rows)
	defer rec.Release()
	if err := part.Write(rec); err != nil {
		part.Abort()
		return err
	}
	if err := part.Commit(ctx); err != nil {
		return err
	}
	_, err = t.Commit(ctx, sinks.Run{ID: "homes"})
	return err
}

// WriteCSV writes the rows with a header. Null is the empty field.
func WriteCSV(path string, rows []Home) error {
	var b strings.Builder
	w := csv.NewWriter(&b)
	for _, r := range append([][]string{{"id", "city", "kind", "rooms", "area", "note"}}, texts(rows)...) {
		if err := w.Write(r); err != nil {
			return err
		}
	}
	w.Flush()
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

func texts(rows []Home) [][]string {
	var out [][]string
	for _, h := range rows {
		out = append(out, []string{fmt.Sprint(h.ID), text(h.City), text(h.Kind), text(h.Rooms), text(h.Area), text(h.Note)})
	}
	return out
}

func text[T any](x *T) string {
	if x == nil {
		return ""
	}
	return fmt.Sprint(*x)
}

// WriteJSON writes the rows as JSON lines.
func WriteJSON(path string, rows []Home) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	for _, h := range rows {
		if err := enc.Encode(h); err != nil {
			return err
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
