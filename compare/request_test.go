package compare_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/compare"
	"leapscore/internal/fault"
)

// write writes a file and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pairsOf names the pairs of a comparison.
func pairsOf(c *compare.Comparison) (names []string) {
	for i := range c.Pairs {
		names = append(names, c.Pairs[i].A+","+c.Pairs[i].B)
	}
	return names
}

// Rows meet by key in whatever order they are, those without a partner are counted.
func TestTwoTablesMeetByKey(t *testing.T) {
	first := write(t, "first.csv", "day,id,price,note\n1,1,10,a\n1,2,20,b\n2,1,30,c\n2,2,40,d\n")
	second := write(t, "second.csv", "id,day,note,price\n2,2,x,44\n1,1,a,10\n3,1,e,5\n1,2,c,29\n4,4,f,6\n")
	for _, x := range []struct {
		name    string
		request compare.Request
		pairs   []string
	}{
		{"columns of one name", compare.Request{}, []string{"first.price,second.price", "first.note,second.note"}},
		{"named columns", compare.Request{Pairs: []string{"price,id"}}, []string{"first.price,second.id"}},
	} {
		r := x.request
		r.Rows.Files, r.With, r.Keys = []string{first}, second, []string{"id", "day"}
		c, err := r.Run(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		if c.Rows != 3 || c.OnlyFirst != 1 || c.OnlySecond != 2 {
			t.Errorf("%s: %d rows, %d only in the first, %d only in the second; want 3, 1, 2", x.name, c.Rows, c.OnlyFirst, c.OnlySecond)
		}
		if diff := cmp.Diff(x.pairs, pairsOf(c)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
		if d := c.Pairs[0].Difference; x.name == "columns of one name" && (d.MaxAbsolute != 4 || d.Mean != 1) {
			t.Errorf("%s: the prices differ by %v", x.name, *d)
		}
	}
}

// Numbers in CSV are numbers, and who wrote a table is asked only if nothing else
// tells the prefixes.
func TestOneTableIsComparedByPrefixes(t *testing.T) {
	table := write(t, "table.csv", "id,a_x,b_x,b_y,c_y\n1,1,2,u,u\n2,,4,v,w\n")
	for _, x := range []struct {
		name    string
		request compare.Request
		pairs   []string
		asked   bool
	}{
		{"names of columns", compare.Request{}, []string{"a_x,b_x", "b_y,c_y"}, true},
		{"prefixes", compare.Request{Prefixes: []string{"c", "b"}}, []string{"c_y,b_y"}, false},
		{"pairs", compare.Request{Pairs: []string{"b_x,a_x"}}, []string{"b_x,a_x"}, false},
	} {
		r, asked := x.request, false
		r.Rows.Files = []string{table}
		r.ModelNames = func(_ context.Context, where string) []string { asked = where == table; return nil }
		c, err := r.Run(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		if diff := cmp.Diff(x.pairs, pairsOf(c)); diff != "" || asked != x.asked {
			t.Errorf("%s: the writer was asked: %t, want %t; pairs (-want +got):\n%s", x.name, asked, x.asked, diff)
		}
	}
	r := compare.Request{ModelNames: func(context.Context, string) []string { return []string{"b", "c"} }}
	r.Rows.Files = []string{table}
	c, err := r.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b_y,c_y"}, pairsOf(c)); diff != "" {
		t.Errorf("names of models (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), `{"rows":2,"pairs":[`) {
		t.Errorf("as JSON the comparison of one table is %s", text)
	}
}

// Mistakes in a request are told from failures of a comparison.
func TestMistakesInARequest(t *testing.T) {
	table := write(t, "table.csv", "id,a_x,b_x,word\n1,1,2,u\n1,3,4,v\n")
	other := write(t, "other.csv", "id,z\n1,2\n")
	in := compare.Rows{Files: []string{table}}
	none := int64(0)
	for want, r := range map[string]compare.Request{
		"no rows":                       {},
		"exclude each other":            {Rows: in, Pairs: []string{"a_x,b_x"}, Prefixes: []string{"a", "b"}},
		"want two columns":              {Rows: in, Pairs: []string{"a_x"}},
		"two names or more":             {Rows: in, Prefixes: []string{"a"}},
		"no column stands under":        {Rows: in, Prefixes: []string{"a", "c"}},
		`there is no column "y"`:        {Rows: in, Pairs: []string{"a_x,y"}},
		"cannot be compared":            {Rows: in, Pairs: []string{"a_x,word"}},
		"limit 0: want at least 1":      {Rows: compare.Rows{Files: in.Files, Limit: &none}},
		"2 mistakes":                    {Rows: compare.Rows{Files: in.Files, Limit: &none, SampleKeys: []string{"id"}}},
		"--with and --key go together":  {Rows: in, With: other},
		"one table with another":        {Rows: compare.Rows{Files: []string{table, other}}, With: other, Keys: []string{"id"}},
		"do not go with --with":         {Rows: compare.Rows{Files: in.Files, Sample: "1%", SampleKeys: []string{"id"}}, With: other, Keys: []string{"id"}},
		`other.csv has no column "a_x"`: {Rows: in, With: other, Keys: []string{"a_x"}},
		"name more than one row":        {Rows: in, With: other, Keys: []string{"id"}},
		"no column in common besides":   {Rows: compare.Rows{Files: []string{other}}, With: other, Keys: []string{"id", "z"}},
	} {
		_, err := r.Run(t.Context())
		_, usage := errors.AsType[*fault.UsageError](err)
		if err == nil || !usage || !strings.Contains(err.Error(), want) {
			t.Errorf("got the error %v, a mistake in the request: %t; want one with %q", err, usage, want)
		}
	}
}
