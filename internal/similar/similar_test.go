package similar

import (
	"slices"
	"strings"
	"testing"
)

func TestNamesAreProposed(t *testing.T) {
	flags := []string{"model", "map", "mode", "memory", "input", "input-format", "output", "output-format", "outputs", "on-error", "on-file-error", "run-id"}
	columns := []string{"bathrooms", "bedrooms", "Cleaning Fee", "state", "größe", "a", "A_1"}
	for _, x := range []struct {
		wanted string
		among  []string
		want   []string
	}{
		{"modle", flags, []string{"model"}},
		{"modell", flags, []string{"model"}},
		{"inputs", flags, []string{"input"}},
		{"out", flags, []string{"output"}},
		{"run_id", flags, []string{"run-id"}},
		{"onerror", flags, []string{"on-error"}},
		{"frobnicate", flags, nil},
		{"x", flags, nil},
		{"", flags, nil},
		{"model", []string{"model"}, nil}, // it is there
		{"socre", []string{"score", "inspect", "check"}, []string{"score"}},
		{"bathroms", columns, []string{"bathrooms"}},
		{"cleaning_fee", columns, []string{"Cleaning Fee"}},
		{"STATE", columns, []string{"state"}},
		{"gröse", columns, []string{"größe"}},
		{"A", columns, []string{"a"}},
		{"b", columns, nil},
		{"c1", []string{"c2", "c3"}, []string{"c2", "c3"}},
		{"c1", []string{"c2", "c3", "c4", "c5"}, nil},
	} {
		if got := Names(x.wanted, x.among); !slices.Equal(got, x.want) {
			t.Errorf("%q among %q: %q, want %q", x.wanted, x.among, got, x.want)
		}
	}
}

func TestHintsAreWords(t *testing.T) {
	for _, x := range []struct{ wanted, want string }{
		{"c1", `; did you mean "c2" or "c3"?`}, {"zebra", ""},
	} {
		if got := Hint(x.wanted, []string{"c2", "c3"}); got != x.want {
			t.Errorf("%q: %q, want %q", x.wanted, got, x.want)
		}
	}
}

func TestDistances(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"score", "socre", 1}, {"abcd", "acbd", 1}, {"kitten", "sitting", 3}, {"größe", "grosse", 3}} {
		if got := distance([]rune(x.a), []rune(x.b)); got != x.want {
			t.Errorf("from %q to %q: %d, want %d", x.a, x.b, got, x.want)
		}
	}
}

func TestNamesAreListed(t *testing.T) {
	if got, want := Each([]string{"c1", "zebra"}, []string{"c2"}), `"c1" (did you mean "c2"?), "zebra"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	many := make([]string, 60)
	for i := range many {
		many[i] = "x"
	}
	if got, want := List(many), strings.Join(many[:40], ", ")+" and 20 more"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := List([]string{"a", "b"}), "a, b"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
