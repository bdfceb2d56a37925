package booster

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// fileOf is a file of features with these ranges, and lists of categories.
func fileOf(infos, declared, lists string) *file {
	f := &file{params: map[string]string{"categorical_feature": declared}}
	f.infos = strings.Fields(infos)
	f.features = len(f.infos)
	for i := range f.infos {
		f.names = append(f.names, fmt.Sprint("f", i))
	}
	var err error
	if f.pandas, err = parsePandas([]byte(lists)); err != nil {
		panic(err)
	}
	return f
}

func TestCategoriesAreGivenToFeatures(t *testing.T) {
	const abc, four = `["a","b","c"]`, `["p","q","r","s"]`
	for name, c := range map[string]struct {
		infos, declared, lists string
		want                   string // the features of the lists; "" if that cannot be told
	}{
		"by their ranges":                         {"[0.5:3] -1:0:2:1 [-4:4] 3:0:1:2", "", "[" + abc + "," + four + "]", "[1 3]"},
		"by what was declared":                    {"[0.5:3] -1:0:2:1 [-4:4] none", "1,3", "[" + abc + "," + four + "]", "[1 3]"},
		"a constant one that was declared":        {"none none [0.5:1]", "1", "[" + abc + "]", "[1]"},
		"an ordered one among numbers":            {"[0.5:3] -1:0:2:1 [0:2] [-4:4]", "1", "[" + abc + "," + abc + "]", "[1 2]"},
		"two that may be the ordered one":         {"[0:1] -1:0:2:1 [0:2] [0:3]", "1", "[" + abc + "," + four + "]", ""},
		"an ordered one that fits before only":    {"[0:2] 0:2:1 [0:7]", "1", "[" + abc + "," + abc + "]", "[0 1]"},
		"a number that was declared":              {"0:1:2 0:1:2", "0,1", "[" + abc + "]", ""},
		"codes beyond the list":                   {"0:1:2:3", "0", "[" + abc + "]", ""},
		"no feature that fits":                    {"[0.5:2] [-1:3]", "", "[" + abc + "]", ""},
		"a constant one that nothing tells apart": {"none none", "", "[" + abc + "]", ""},
		"none": {"[0.5:2]", "", "[]", "[]"},
	} {
		f := fileOf(c.infos, c.declared, c.lists)
		features, ok := f.pandas.place(f)
		if got := fmt.Sprint(features); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s: %v, %v, want %q", name, got, ok, c.want)
		}
	}
}

func TestCategoriesThatNoFeatureGets(t *testing.T) {
	b := &Booster{}
	if err := b.findCategories(fileOf("[0:2] [0:2]", "", `[["a","b","c"]]`)); err != nil || len(b.about.Warnings) != 1 || b.Categories(0) != nil {
		t.Errorf("texts give %v and the warnings %q, want codes with a warning", err, b.about.Warnings)
	}
	if err := b.findCategories(fileOf("[0:2] [0:2]", "", `[[7,8,9]]`)); err == nil || !strings.Contains(err.Error(), "cannot be told") {
		t.Errorf("numbers give %v, want an error", err)
	}
	if err := b.findCategories(fileOf("0:1:2", "", `[["a",8,"c"]]`)); err == nil || !strings.Contains(err.Error(), "texts and numbers") {
		t.Errorf("texts and numbers give %v, want an error", err)
	}
}

func TestCategoriesHaveTheirPlaces(t *testing.T) {
	b := &Booster{}
	if err := b.findCategories(fileOf("0:1:2 0:1 [0.5:3]", "", `[["a","","é"],[0.5,1e300]]`)); err != nil {
		t.Fatal(err)
	}
	texts, numbers := b.Categories(0), b.Categories(1)
	if !texts.Text || texts.Len() != 3 || texts.OfText("é") != 2 || texts.OfText("") != 1 || !math.IsNaN(texts.OfText("b")) {
		t.Errorf("the texts are %+v", texts)
	}
	if numbers.Text || numbers.OfNumber(0.5) != 0 || numbers.OfNumber(1e300) != 1 || !math.IsNaN(numbers.OfNumber(0)) || !math.IsNaN(numbers.OfNumber(math.NaN())) {
		t.Errorf("the numbers are %+v", numbers)
	}
	if b.Categories(2) != nil {
		t.Error("a feature of numbers has categories")
	}
}
