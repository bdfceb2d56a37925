package sinks_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/uuid"

	"leapscore/engine/store"
	"leapscore/sinks"
)

func TestUUIDsAreSpelledAsSuchInText(t *testing.T) {
	const text, raw = "6f9619ff-8b86-4d01-b42d-00c04fc964ff", "b5YZ/4uGTQG0LQDAT8lk/w=="
	bytes16 := &arrow.FixedSizeBinaryType{ByteWidth: 16}
	meta := arrow.NewMetadata([]string{"ARROW:extension:name", "ARROW:extension:metadata"}, []string{"arrow.uuid", ""})
	id := arrow.Field{Name: "id", Type: bytes16, Nullable: true, Metadata: meta}
	schema := arrow.NewSchema([]arrow.Field{
		id, {Name: "raw", Type: bytes16}, {Name: "list", Type: arrow.ListOfField(id)}, {Name: "in", Type: arrow.StructOf(id)},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	value := uuid.MustParse(text)
	list, in := b.Field(2).(*array.ListBuilder), b.Field(3).(*array.StructBuilder)
	list.Append(true)
	in.Append(true)
	for _, to := range []array.Builder{b.Field(0), b.Field(1), list.ValueBuilder(), in.FieldBuilder(0)} {
		to.(*array.FixedSizeBinaryBuilder).Append(value[:])
	}
	rec := b.NewRecord()
	for format, want := range map[sinks.Format]string{
		sinks.FormatCSV:  "id,raw,list,in\n" + text + "," + raw + `,"[""` + text + `""]","{""id"":""` + text + `""}"` + "\n",
		sinks.FormatJSON: `{"id":"` + text + `","raw":"` + raw + `","list":["` + text + `"],"in":{"id":"` + text + `"}}` + "\n",
	} {
		st := store.New(&store.Mem{})
		table, err := sinks.CreateFile(t.Context(), st, "t", sinks.Options{Schema: schema, RunID: "r", Format: format})
		if err != nil {
			t.Fatal(err)
		}
		p, err := table.Part(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Write(rec); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := table.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
			t.Fatal(err)
		}
		if got, err := st.ReadFile(t.Context(), "t"); err != nil || string(got) != want {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", format, err, got, want)
		}
	}
}
