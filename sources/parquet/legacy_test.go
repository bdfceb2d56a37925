package parquet_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

// annotated is a group that says it is a LIST.
type annotated struct{ parquet.Node }

func (annotated) Type() parquet.Type { return parquet.List(parquet.Leaf(parquet.Int32Type)).Type() }

func repeatedInt() parquet.Node { return parquet.Repeated(parquet.Leaf(parquet.Int32Type)) }

// legacyColumns are the ways in which writers have spelled lists, for a column
// of the name l.
func legacyColumns() map[string]parquet.Node {
	pair := parquet.Group{"x": parquet.Leaf(parquet.Int32Type), "y": parquet.Leaf(parquet.Int32Type)}
	return map[string]parquet.Node{
		"two_level":  parquet.Optional(annotated{parquet.Group{"item": repeatedInt()}}),
		"array":      parquet.Optional(annotated{parquet.Group{"array": parquet.Repeated(parquet.Group{"x": parquet.Leaf(parquet.Int32Type)})}}),
		"tuple":      parquet.Optional(annotated{parquet.Group{"l_tuple": parquet.Repeated(parquet.Group{"x": parquet.Leaf(parquet.Int32Type)})}}),
		"pair":       parquet.Optional(annotated{parquet.Group{"bag": parquet.Repeated(pair)}}),
		"bare":       repeatedInt(),
		"bare_pair":  parquet.Repeated(pair),
		"three":      parquet.Optional(annotated{parquet.Group{"bag": parquet.Repeated(parquet.Group{"item": parquet.Optional(parquet.Leaf(parquet.Int32Type))})}}),
		"list_in_it": parquet.Optional(annotated{parquet.Group{"bag": parquet.Repeated(parquet.Group{"item": repeatedInt()})}}),
	}
}

func TestLegacyListsReadAsLists(t *testing.T) {
	tests := []struct {
		name, typ string
		want      []string
		// Levels of an element and of an empty list.
		def, empty int
	}{
		{"two_level", "list<element: int32>", []string{"[1 2]", "[]", "[3]"}, 2, 1},
		{"array", "list<element: struct<x: int32>>", []string{"[(1) (2)]", "[]", "[(3)]"}, 2, 1},
		{"tuple", "list<element: struct<x: int32>>", []string{"[(1) (2)]", "[]", "[(3)]"}, 2, 1},
		{"pair", "list<element: struct<x: int32, y: int32>>", []string{"[(1 1) (2 2)]", "[]", "[(3 3)]"}, 2, 1},
		{"bare", "list<element: int32>", []string{"[1 2]", "[]", "[3]"}, 1, 0},
		{"bare_pair", "list<element: struct<x: int32, y: int32>>", []string{"[(1 1) (2 2)]", "[]", "[(3 3)]"}, 1, 0},
		{"three", "list<element: int32, nullable>", []string{"[1 2]", "[]", "[3]"}, 3, 1},
		{"list_in_it", "list<element: struct<item: list<element: int32>>>", []string{"[([1]) ([2])]", "[]", "[([3])]"}, 3, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			node := legacyColumns()[tt.name]
			file := filepath.Join(t.TempDir(), "a.parquet")
			writeLegacy(t, file, node, tt.def, tt.empty)
			s := sourcetest.Open(t, sources.Options{}, file)
			if got := s.Schema().Field(0).Type.String(); got != tt.typ {
				t.Errorf("type %s, want %s", got, tt.typ)
			}
			got, err := sourcetest.TextColumns(s, []string{"l"})
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, map[string][]string{"l": tt.want}, got)
		})
	}
}

// writeLegacy writes the lists [1 2], [] and [3] to every leaf below node.
func writeLegacy(t *testing.T, name string, node parquet.Node, def, empty int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	schema := parquet.NewSchema("legacy", parquet.Group{"l": node})
	w := parquet.NewWriter(f, schema)
	rows := make([]parquet.Row, 3)
	for c := range schema.Columns() {
		rows[0] = append(rows[0], parquet.Int32Value(1).Level(0, def, c), parquet.Int32Value(2).Level(1, def, c))
		rows[1] = append(rows[1], parquet.NullValue().Level(0, empty, c))
		rows[2] = append(rows[2], parquet.Int32Value(3).Level(0, def, c))
	}
	_, err = w.WriteRows(rows)
	if err := errors.Join(err, w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}
