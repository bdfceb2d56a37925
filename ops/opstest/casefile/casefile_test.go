package casefile

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const everything = `Free text,
two lines.
-- model.json --
{"op":"x"}
-- node.json --
{"name":"x"}
-- tree0/model.json --
{"op":"y"}
-- rows --
x:double | s:string => raw:tensor<double> | l:list<string>
# minus zero is not zero
-0 | "a # b => |"   => [-0 NaN Infinity -Infinity] | ["a" null]
1e+21 | null        => (5 1:2.5 3:-0) | []  # far

NaN | "\ud83d\n\u00a0é😀\"" => !unseen_label
1 | ""              => !drop  # it is empty
2 | "\\"
# the end
-- model.json --
{"op":"bad"}
-- rows --
m:map<string,int> => t:tensor<float>[2,1]
!load "key not found: \"bad\""
{"k":1 "j":null}
-- model.json --
{"op":"z"}
-- rows --
b:byte_string | f:float | t:tensor<int> | o:boolean => u:tensor<double>[] | v:tensor<string>
0x"00ff" | 0.1 | [2x1: 1 2] | true => [: 7] | ["a:b" "]"]
0x"" | -3.5 | (2x3 0,1:5 1,2:-6) | false => [] | (3 2:"x")
null | 16777216 | [3: 1] | null => null | [0x2:]
-- model.json --
{"op":"constant"}
-- rows --
 => y:int
=> # not known
 => 1
`

func parse(t *testing.T, text string) *Case {
	t.Helper()
	c, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFormatIsReadBackUnchanged(t *testing.T) {
	once := Format(parse(t, everything))
	twice := Format(parse(t, string(once)))
	if diff := cmp.Diff(string(once), string(twice)); diff != "" {
		t.Errorf("Format of what Format printed differs (-first +second):\n%s", diff)
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if diff := cmp.Diff(squeeze(everything), squeeze(string(once))); diff != "" {
		t.Errorf("text lost or changed (-written +printed):\n%s", diff)
	}
}

func TestParsedValuesHaveTheTypeOfTheirColumn(t *testing.T) {
	c := parse(t, everything)
	if got := c.Header; got != "Free text,\ntwo lines.\n" {
		t.Errorf("header %q", got)
	}
	m := c.Models[0]
	if got := string(m.Files["tree0/model.json"]); got != "{\"op\":\"y\"}\n" {
		t.Errorf("tree0/model.json is %q", got)
	}
	rows := m.Rows
	if len(rows) != 5 {
		t.Fatalf("%d rows, want 5", len(rows))
	}
	want := Row{Out: []Value{
		&Array{Dims: []int{4}, Values: []Value{math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1)}},
		[]Value{"a", nil},
	}}
	if !rows[0].SameOutcome(&want) {
		t.Errorf("row 0: %v", rows[0].Out)
	}
	want = Row{Out: []Value{
		&Array{Dims: []int{5}, Sparse: true, Indices: [][]int{{1}, {3}}, Values: []Value{2.5, math.Copysign(0, -1)}},
		[]Value{},
	}}
	if !rows[1].SameOutcome(&want) || rows[1].Comment != "far" {
		t.Errorf("row 1: %v, comment %q", rows[1].Out, rows[1].Comment)
	}
	if got := rows[2].In[1]; rows[2].Reject != "unseen_label" || got != "\xed\xa0\xbd\n\u00a0é😀\"" {
		t.Errorf("row 2: input %q, reject %q", got, rows[2].Reject)
	}
	if !rows[3].Drop || rows[4].Known() {
		t.Errorf("row 3 drop %v, row 4 known %v; want true, false", rows[3].Drop, rows[4].Known())
	}
	if got := c.Models[1]; got.LoadError != `key not found: "bad"` || len(got.Rows) != 1 || got.Rows[0].Known() {
		t.Errorf("model 2: load error %q, rows %v", got.LoadError, got.Rows)
	}
	last := c.Models[2].Rows[0]
	if x := last.In[1]; x != float32(0.1) {
		t.Errorf("float input is %v of type %T", x, x)
	}
	if x := last.Out[0]; !Equal(x, &Array{Dims: []int{}, Values: []Value{7.0}}) {
		t.Errorf("tensor without dimensions is %v", x)
	}
}

func TestEqualSeesBitsAndForm(t *testing.T) {
	dense := &Array{Dims: []int{2}, Values: []Value{0.0, 1.0}}
	sparse := &Array{Dims: []int{2}, Sparse: true, Indices: [][]int{{1}}, Values: []Value{1.0}}
	other := &Array{Dims: []int{2}, Sparse: true, Indices: [][]int{{0}}, Values: []Value{1.0}}
	all := []Value{nil, true, int64(1), float32(1), 1.0, math.Nextafter(1, 2), 0.0, math.Copysign(0, -1), math.NaN(), "", "null",
		[]byte{1}, []Value{1.0}, []Value{}, []Entry{{"k", 1.0}}, []Entry{{"k", 2.0}}, []Entry{}, dense, sparse, other,
		&Array{Dims: []int{1, 2}, Values: []Value{0.0, 1.0}}}
	for i, a := range all {
		for j, b := range all {
			if Equal(a, b) != (i == j) {
				t.Errorf("Equal(%v, %v) is %v", a, b, i != j)
			}
		}
	}
	if a, b := []Entry{{"a", 1.0}, {"b", nil}}, []Entry{{"b", nil}, {"a", 1.0}}; !Equal(a, b) {
		t.Error("maps in another order differ")
	}
}

func TestFlatKeepsRowMajorOrder(t *testing.T) {
	a := &Array{Dims: []int{2, 3}, Sparse: true, Indices: [][]int{{0, 1}, {1, 2}}, Values: []Value{5.0, 6.0}}
	want := &Array{Dims: []int{6}, Sparse: true, Indices: [][]int{{1}, {5}}, Values: []Value{5.0, 6.0}}
	if got := a.Flat(); !Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNodeConnectsColumnsToPortsOfTheirName(t *testing.T) {
	c := parse(t, everything)
	want := `{"name":"node","shape":{"inputs":[{"port":"m","name":"m"}],"outputs":[{"port":"t","name":"t"}]}}`
	if got := string(c.Models[1].Node()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(c.Models[0].Node()); got != "{\"name\":\"x\"}\n" {
		t.Errorf("the model's own node.json is not used: %s", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ name, rows, want string }{
		{"no columns", "", "line that names the columns"},
		{"no output", "x:double =>\n", "no output"},
		{"no arrow in columns", "x:double\n", "no =>"},
		{"unknown type", "x:real => y:double\n", `unknown base type "real"`},
		{"column twice", "x:int | x:int => y:int\n", "twice"},
		{"too few values", "x:int | z:int => y:int\n1 => 1\n", "want 2 values"},
		{"too many values", "x:int => y:int\n1 | 2 => 1\n", "more values than columns"},
		{"fraction for an int", "x:int => y:int\n1.5\n", "type int"},
		{"byte out of range", "x:byte => y:int\n200\n", "type byte"},
		{"infinity by overflow", "x:double => y:int\n1e400\n", "want a number"},
		{"Go's name of infinity", "x:double => y:int\ninf\n", "want a number"},
		{"string without end", "x:string => y:int\n\"a\n", "has no end"},
		{"unknown escape", `x:string => y:int` + "\n" + `"\x"` + "\n", "unknown escape"},
		{"index outside", "x:tensor<double> => y:int\n(2 2:1)\n", `index "2"`},
		{"index of other rank", "x:tensor<double> => y:int\n(2x2 1:1)\n", "index [1]"},
		{"key twice", `x:map<string,int> => y:int` + "\n" + `{"a":1 "a":2}` + "\n", "twice"},
		{"no code", "x:int => y:int\n1 => !\n", "no code after"},
		{"load after a row", "x:int => y:int\n1\n!load \"x\"\n", "must follow the columns"},
		{"list without end", "x:list<int> => y:int\n[1 2\n", "want a number"},
	} {
		_, err := Parse([]byte("-- model.json --\n{}\n-- rows --\n" + tt.rows))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"", "no model"},
		{"-- model.json --\n{}\n", `no section "rows"`},
		{"-- rows --\nx:int => y:int\n", `no section "model.json"`},
		{"-- model.json --\n{}\n-- ../x --\n-- rows --\nx:int => y:int\n", "not a path inside"},
		{"-- model.json --\n{}\n-- model.json --\n{}\n-- rows --\nx:int => y:int\n", "two sections"},
	} {
		if _, err := Parse([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v, want one with %q", tt.text, err, tt.want)
		}
	}
}

func TestTypesAreReadAsPrinted(t *testing.T) {
	for _, s := range []string{"boolean", "byte", "short", "int", "long", "float", "double", "string", "byte_string",
		"list<string>", "tensor<double>", "tensor<double>[]", "tensor<int>[3,-1]", "map<string,double>"} {
		typ, err := ParseType(s)
		if err != nil || typ.String() != s {
			t.Errorf("%q reads as %q, error %v", s, typ, err)
		}
	}
	for _, s := range []string{"", "integer", "list", "list<double", "set<int>", "list<int>[2]", "tensor<int>[x]", "map<int>", "map<double,>"} {
		if typ, err := ParseType(s); err == nil {
			t.Errorf("%q reads as %q, want an error", s, typ)
		}
	}
}

func FuzzFormatIsReadBack(f *testing.F) {
	f.Add([]byte(everything))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			return
		}
		once := Format(c)
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("printed text does not parse: %v\n%s", err, once)
		}
		if twice := Format(again); !bytes.Equal(once, twice) {
			t.Fatalf("printed twice:\n%s\n---\n%s", once, twice)
		}
	})
}
