package text_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/sourcetest"
	"leapscore/sources/text"
)

// readWithBadRows reads text in splits of so many rows and bytes. It returns a line for
// each row, and each bad row with its number in the file.
func readWithBadRows(data string, opt sources.Options, rows, bytes, read int) (lines, bad []string, err error) {
	return readAs(text.Open, data, opt, rows, bytes, read)
}

// openFunc is Open, or what does the same.
type openFunc func(context.Context, []store.Object, sources.Options) (sources.Source, error)

// readAs is readWithBadRows of a source that open opens.
func readAs(open openFunc, data string, opt sources.Options, rows, bytes, read int) (lines, bad []string, err error) {
	opt.Opener, opt.BadRows, opt.BatchRows, opt.Warn = sourcetest.OneFile("x", []byte(data)), true, 3, func(string) {}
	s, err := open(context.Background(), []store.Object{{Name: "x", Size: int64(len(data))}}, opt)
	if err != nil {
		return nil, nil, err
	}
	text.SetTextLimits(s, rows, bytes, read)
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	err = sources.Each(context.Background(), s, sourcetest.ColumnNames(s), mem, func(b sources.Batch) error {
		if int(b.Row) != len(lines) {
			return fmt.Errorf("row %d is said to be row %d", len(lines), b.Row)
		}
		for _, x := range b.Bad {
			bad = append(bad, fmt.Sprintf("row %d, column %q: %s", int(b.Row)+x.Row, x.Column, x.Why))
		}
		for row := range int(b.NumRows()) {
			var cells []string
			for _, c := range b.Columns() {
				if n := nulls(c); n != c.NullN() {
					return fmt.Errorf("%d nulls, and %d are counted", n, c.NullN())
				}
				cells = append(cells, sourcetest.Text(c)[row])
			}
			lines = append(lines, strings.Join(cells, " "))
		}
		return nil
	})
	if n := mem.CurrentAlloc(); err == nil && n != 0 {
		err = fmt.Errorf("%d bytes are not released", n)
	}
	return lines, bad, err
}

func nulls(c arrow.Array) (n int) {
	for i := range c.Len() {
		if c.IsNull(i) {
			n++
		}
	}
	return n
}

func TestBadRowsAreHandedOverWithTheOthers(t *testing.T) {
	for _, c := range []struct {
		name, in   string
		format     sources.Format
		lines, bad []string
	}{
		{"cells", "id,price,tags,by\nx,1,\"[\"\"a\"\"]\",{}\n2,y,\"[\"\"a\"\",1 2]\",\"{\"\"k\"\":1,\"\"l\"\":\"\"z\"\"}\"\n3,3,[],{}\n", sources.CSV,
			[]string{`null 1 ["a"] {}`, `2 null null null`, `3 3 [] {}`},
			[]string{`row 0, column "id": line 2: "x" is not a int32`, `row 1, column "price": line 3: "y" is not a double`}},
		{"nested cells alone", "id,tags,by\n1,\"[\"\"a\"\",1 2]\",\n2,,\"{\"\"k\"\":1,\"\"l\"\":\"\"z\"\"}\"\n3,\"[\"\"c\"\"]\",\"{\"\"k\"\":1}\"\n", sources.CSV,
			[]string{`1 null null`, `2 null null`, `3 ["c"] {"k":1}`},
			[]string{`row 0, column "tags": line 2: '2' at byte 8, want ',' or ']'`, `row 1, column "by": line 3: the string "z" is not a double`}},
		{"fields", "id,name,note\n1\n2,a,b,c\n3,a,b\n", sources.CSV,
			[]string{`1 null null`, `2 "a" "b"`, `3 "a" "b"`},
			[]string{`row 0, column "": line 2: 1 fields, the header has 3`, `row 1, column "": line 3: more than 3 fields, as the header has`}},
		{"quotes", "id,name\n1,5\" disk\n2,\"a\"b\n3,\"c\nd\"\n4,\"open\n5,e\n6,\"f\"\"\n\n\"\n", sources.CSV,
			[]string{`1 null`, `2 null`, `3 "c\nd"`, `4 null`, `5 "e"`, `6 "f\"\n\n"`},
			[]string{`row 0, column "": line 2: a quote (") inside a field that is not quoted`, `row 1, column "": line 3: text between a closing quote and the next delimiter`,
				`row 3, column "": line 6: a quoted field does not end`}},
		{"the last quote is open", "id,name\n1,\"a\n2,b\n3,c\n", sources.CSV,
			[]string{`1 null`, `2 "b"`, `3 "c"`}, []string{`row 0, column "": line 2: a quoted field does not end`}},
		{"another encoding", "id,name\n1,caf\xe9\n2,b\n", sources.CSV,
			[]string{`1 "caf\xe9"`, `2 "b"`}, []string{`row 0, column "name": line 2: "caf\xe9" is not UTF-8; is it Latin-1? then --csv-encoding latin1`}},
		{"line ends", "id,name\n1,a\rb\n2,c\n", sources.CSV, []string{`1 null`, `2 "c"`},
			[]string{`row 0, column "": line 2: a line end of another kind than that of the header inside of a field that is not quoted: want all lines to end in LF or CRLF, or all in CR`}},
		{"JSON", "{\"id\":1,\"tags\":[\"a\",\"b\"]}\n{\"id\":\"x\",\"tags\":[1,[2]]}\nnull\n{\"id\":3,\"zzz\":1,}\n{\"id\":4,\"tags\":7}\n{\"id\":5", sources.JSON,
			[]string{`1 ["a" "b"]`, `null ["1" "[2]"]`, `null null`, `3 null`, `4 null`, `5 null`},
			[]string{`row 1, column "id": line 2: the string "x" is not a int32`, `row 2, column "": line 3: 'n' at byte 1, want '{': each line is one object`,
				`row 3, column "": line 4: '}' at byte 17, want a key`, `row 4, column "tags": line 5: "7" is not a list<item: utf8, nullable>`,
				`row 5, column "": line 6: the line ends inside a value: want one whole object on each line`}},
		{"a bad row alone", "{\"id\":1}\n{\"id\n", sources.JSON, []string{`1`, `null`}, []string{`row 1, column "": line 2: control character '\n' at byte 5 inside a string`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, limit := range []int{1, 2, 10} {
				lines, bad, err := readWithBadRows(c.in, sources.Options{Format: c.format, Types: sourcetest.TextTypes}, limit, limit*10, 7)
				if err != nil {
					t.Fatal(err)
				}
				sourcetest.Diff(t, c.lines, lines)
				sourcetest.Diff(t, c.bad, bad)
			}
		})
	}
}

// FuzzBadRows checks that text is read to its end whatever is in it, and that the rows
// and their flaws do not depend on where it is cut into splits and reads.
func FuzzBadRows(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a,b\n\"x\n1,\"y\"z\n2,\"\"\"\n3,4\n", "id,tags,by\nx,[1,{\n", "a\r\"\r\r", "{\"id\":1}\n{\"id\":x}\n[", "a,b\n\"a\"\"\n\"b\",\"\n",
		"id,name\n1,\"a\"\"\n2,\"\"b\n3,\"c\"\r\n4,\"d\"\r5\n"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, in string, csv bool) {
		opt := sources.Options{Format: sources.JSON, Types: sourcetest.TextTypes}
		if csv {
			opt.Format = sources.CSV
		}
		lines, bad, err := readWithBadRows(in, opt, 1000, 1<<20, 1<<16)
		if err != nil {
			return // of the header, or of the columns
		}
		for _, limit := range []int{1, 3} {
			l, b, err := readWithBadRows(in, opt, limit, limit*5, limit)
			if err != nil || !slices.Equal(lines, l) || !slices.Equal(bad, b) {
				t.Fatalf("in pieces of %d: %q, bad %q, error %v\nas a whole %q, bad %q", limit, l, b, err, lines, bad)
			}
		}
	})
}
