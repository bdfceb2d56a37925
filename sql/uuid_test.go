//go:build !nosql

package sql

import (
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/sql/internal/vector"
)

const someUUID = "00112233-4455-6677-8899-aabbccddeeff"

func TestUUIDsAreUUIDs(t *testing.T) {
	src := open(t, "SELECT UUID '"+someUUID+"' AS u UNION ALL SELECT NULL UNION ALL SELECT UUID 'ff112233-4455-6677-8899-aabbccddeeff'", Options{})
	if f := src.Schema().Field(0); !vector.IsUUID(f) {
		t.Errorf("field %v is no UUID", f)
	}
	_, rows := readFrom(t, src)
	if diff := cmp.Diff([][]string{{"ABEiM0RVZneImaq7zN3u/w=="}, {"(null)"}, {"/xEiM0RVZneImaq7zN3u/w=="}}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestUUIDsOfFilesAreThoseOfDuckDB(t *testing.T) {
	b := array.NewFixedSizeBinaryBuilder(memory.NewGoAllocator(), vector.UUID("u").Type.(*arrow.FixedSizeBinaryType))
	b.Append([]byte("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"))
	b.AppendNull()
	c := newTableColumn(vector.UUID("u"))
	if !c.uuid || c.bad != nil {
		t.Fatalf("%+v is no UUID", c)
	}
	// Whether a source says so of its columns is the source's.
	schema := arrow.NewSchema([]arrow.Field{vector.UUID("u")}, nil)
	path := filepath.Join(t.TempDir(), "x.arrow")
	writeArrow(t, path, array.NewRecord(schema, []arrow.Array{b.NewArray()}, 2))
	src := open(t, "SELECT count(*) AS n FROM '"+path+"' WHERE u IS NULL", Options{})
	if _, rows := readFrom(t, src); rows[0][0] != "1" {
		t.Errorf("%v nulls, want 1", rows)
	}
}
