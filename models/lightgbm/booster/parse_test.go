package booster_test

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"leapscore/models/lightgbm/booster"
)

// small is a model of three trees with a split over categories.
const small = "testdata/v4/lgb_categorical/"

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// line replaces the value of the n-th line of that key.
func line(text, key string, n int, value string) string {
	at := 0
	for range n + 1 {
		at += strings.Index(text[at:], "\n"+key+"=") + 1
	}
	end := at + strings.IndexByte(text[at:], '\n')
	return text[:at] + key + "=" + value + text[end:]
}

func without(text, key string) string {
	at := strings.Index(text, "\n"+key) + 1
	end := at + strings.IndexByte(text[at:], '\n') + 1
	return text[:at] + text[end:]
}

func TestDamagedModelsAreRefused(t *testing.T) {
	text := read(t, small+"model.txt")
	for name, c := range map[string]struct{ text, want string }{
		"no model":               {"tree\n", "no model of LightGBM"},
		"header alone":           {"tree\nversion=v4\n", "no line num_class="},
		"a number of classes":    {line(text, "num_class", 0, "0"), `num_class is "0", want a whole number from 1`},
		"too many classes":       {line(text, "num_class", 0, "2000000000"), "num_class is"},
		"trees of an iteration":  {line(text, "num_tree_per_iteration", 0, "3"), "want the same number"},
		"more names":             {line(text, "feature_names", 0, "a b c d e f g"), "feature_names has more than 4 names"},
		"features":               {line(text, "max_feature_idx", 0, "1999999999"), "max_feature_idx is"},
		"names":                  {line(text, "feature_names", 0, "a b"), "feature_names has 2 names, want 4"},
		"ranges":                 {line(text, "feature_infos", 0, "none"), "feature_infos has 1 elements, want 4"},
		"objective":              {line(text, "objective", 0, "logloss"), `objective "logloss" is not known`},
		"no sigmoid":             {line(text, "objective", 0, "binary"), "sigmoid:"},
		"sigmoid of 0":           {line(text, "objective", 0, "binary sigmoid:0"), "sigmoid:0, want a number greater than 0"},
		"sigmoid of text":        {line(text, "objective", 0, "binary sigmoid:one"), "sigmoid:one, want a number"},
		"empty objective":        {line(text, "objective", 0, " "), "objective is empty"},
		"classes of objective":   {line(text, "objective", 0, "multiclass num_class:3"), "num_class:3"},
		"fewer classes":          {line(read(t, "testdata/v4/lgb_multiclass/model.txt"), "objective", 0, "multiclass num_class:2"), "num_class:2, and the model has 3 outputs"},
		"several outputs":        {line(line(text, "num_class", 0, "3"), "num_tree_per_iteration", 0, "3"), "one output"},
		"cut off":                {text[:strings.Index(text, "end of trees")-300], "not complete"},
		"cut in parameters":      {text[:strings.Index(text, "end of parameters")-20], `no line "end of parameters": the file is not complete`},
		"cut in the last line":   {text[:strings.Index(text, "categorical:null")], "in the middle of pandas_categorical"},
		"a tree less":            {text[:strings.Index(text, "Tree=2")] + text[strings.Index(text, "end of trees"):], "2 trees, want 3"},
		"leaves beyond sense":    {line(text, "num_leaves", 0, "16777217"), "num_leaves is 16777217"},
		"no leaves":              {line(text, "num_leaves", 0, "0"), "tree 0: num_leaves is 0"},
		"leaves without nodes":   {line(text, "num_leaves", 1, "2000000000"), "tree 1: "},
		"a leaf less":            {line(text, "num_leaves", 1, "4"), "tree 1: "},
		"no values":              {without(text, "leaf_value"), "tree 0: there is no line leaf_value="},
		"no number":              {line(text, "leaf_value", 0, "1 2 x 4 5"), `leaf_value: element 2 is "x", want a number`},
		"circle":                 {line(line(text, "left_child", 0, "1 2 3 1"), "right_child", 0, "-1 -2 -3 -4"), "split 3 has child 1, which another split has too"},
		"island":                 {line(line(text, "left_child", 0, "-1 2 1 -3"), "right_child", 0, "3 -4 -5 -2"), "2 of 4 splits cannot be reached from the first: there is a circle"},
		"root as child":          {line(text, "left_child", 0, "0 -1 -2 -3"), "split 0 has child 0"},
		"child that is not":      {line(text, "left_child", 0, "4 -1 -2 -3"), "split 0 has child 4"},
		"leaf that is not":       {line(text, "left_child", 0, "-6 1 2 3"), "split 0 has child -6"},
		"child beyond 32 bits":   {line(text, "left_child", 0, "4294967297 1 2 3"), "want a whole number of 32 bits"},
		"feature that is not":    {line(text, "split_feature", 0, "0 1 2 4"), "split_feature is 4, want a number from 0 to 3"},
		"decision that is not":   {line(text, "decision_type", 0, "14 2 2 2"), "decision_type is 14"},
		"set that is not":        {line(line(text, "decision_type", 0, "1 1 1 1"), "threshold", 0, "9 9 9 9"), "want the number of one of"},
		"set behind the last":    {line(line(text, "decision_type", 0, "1 1 1 1"), "threshold", 0, "1 1 1 1"), "want the number of one of 1 sets"},
		"more sets than splits":  {line(text, "num_cat", 0, "2000000000"), "num_cat is 2000000000"},
		"bounds that get less":   {line(line(text, "num_cat", 0, "2"), "cat_boundaries", 0, "0 5 2"), "cat_boundaries: element 2 is 2"},
		"bounds beyond the sets": {line(line(text, "num_cat", 0, "1"), "cat_boundaries", 0, "0 2000000000"), "cat_threshold: fewer than 2000000000 elements"},
		"constants that are not": {line(text, "is_linear", 0, "1"), "there is no line leaf_const="},
		"a key of no value":      {strings.Replace(text, "num_cat=", "num_cat ", 1), "want name=values"},
		"pandas_categorical":     {strings.Replace(text, "pandas_categorical:null", `pandas_categorical:[[{}]]`, 1), "category 0: want a text"},
	} {
		t.Run(name, func(t *testing.T) { checkRefused(t, c.text, c.want) })
	}
}

func checkRefused(t *testing.T, text, want string) {
	t.Helper()
	_, err := booster.Parse([]byte(text), booster.Limits{})
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v, want one with %q", err, want)
	}
}

func TestDamagedDumpsAreRefused(t *testing.T) {
	text := read(t, small+"dump.json")
	set := text[strings.Index(text, `"threshold": "`):]
	set = set[:strings.Index(set, ",")]
	change := func(old, new string) string { return strings.Replace(text, old, new, 1) }
	for name, c := range map[string]struct{ text, want string }{
		"cut off":           {text[:len(text)/2], "the file is not complete"},
		"broken":            {change(`"leaf_value": `, `"leaf_value": x`), "JSON is broken after"},
		"trees first":       {`{"tree_info": [],` + text[1:], "before its tree_info"},
		"no trees":          {change(`"tree_info"`, `"trees"`), "has no tree_info"},
		"no names":          {change(`"feature_names"`, `"names"`), "no dump of a LightGBM model"},
		"old":               {change(`"average_output"`, `"x"`), "before 2.2.3"},
		"leaves":            {change(`"num_leaves": 5`, `"num_leaves": 6`), "split or leaf 4 is missing"},
		"too few leaves":    {change(`"num_leaves": 5`, `"num_leaves": 4`), "a split needs"},
		"too many leaves":   {change(`"num_leaves": 5`, `"num_leaves": 2000000000`), "num_leaves is not the number"},
		"leaf twice":        {strings.ReplaceAll(text, `"leaf_index": 1`, `"leaf_index": 0`), "a leaf_index of its own, from 0 to 4"},
		"leaf beyond":       {change(`"leaf_index": 1`, `"leaf_index": 5`), "a leaf_index of its own, from 0 to 4"},
		"classes":           {change(`"num_class": 1`, `"num_class": 0`), "num_class is 0"},
		"splits":            {change(`"split_index": 1`, `"split_index": 0`), "a split needs"},
		"leaf without":      {change(`"leaf_value"`, `"value"`), "a leaf needs a leaf_value"},
		"missing values":    {change(`"missing_type": "`, `"missing_type": "x`), "want None, Zero or NaN"},
		"decision":          {change(`"decision_type": "<="`, `"decision_type": "<"`), "want <= or =="},
		"feature":           {change(`"split_feature": `, `"split_feature": 70`), "split_feature is 70"},
		"huge category":     {change(set, `"threshold": "2147483647"`), "too large for a dump"},
		"negative category": {change(set, `"threshold": "-1"`), "want a whole number from 0"},
		"no category":       {change(set, `"threshold": "1||"`), "want a whole number from 0"},
		"infinite":          {change(set, `"threshold": 1e300`), "want categories"},
	} {
		t.Run(name, func(t *testing.T) { checkRefused(t, c.text, c.want) })
	}
	infinite := read(t, "testdata/v4/lgb_infinite_thresholds/dump.json")
	checkRefused(t, strings.ReplaceAll(infinite, `"max_value": `, `"max_value": 1e305, "x": `), "save the model as text")
	checkRefused(t, strings.ReplaceAll(infinite, `"threshold": 1e+300`, `"threshold": -1e+300`), "save the model as text")
}

// TestLimitsAreKept asks for less than a model has.
func TestLimitsAreKept(t *testing.T) {
	for _, file := range []string{"model.txt", "dump.json"} {
		text := read(t, small+file)
		for want, lim := range map[string]booster.Limits{"more than 2 trees": {Trees: 2}, "max_feature_idx is": {Features: 3}} {
			if _, err := booster.Parse([]byte(text), lim); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s within %+v gives %v, want an error with %q", file, lim, err, want)
			}
		}
		if _, err := booster.Parse([]byte(text), booster.Limits{Trees: 3, Features: 4, Outputs: 1}); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestParametersAreRead(t *testing.T) {
	p := parse(t, small+"model.txt").About().Parameters
	if p["num_leaves"] != "5" || p["boosting"] != "gbdt" || p["categorical_feature"] != "0,3" || p["data"] != "" {
		t.Errorf("the parameters are %v", p)
	}
}

// TestLiesCostNoMemory parses files that claim to be larger than they are.
func TestLiesCostNoMemory(t *testing.T) {
	text, dump := read(t, small+"model.txt"), read(t, small+"dump.json")
	for name, lie := range map[string]string{
		"leaves":     line(text, "num_leaves", 0, "16777216"),
		"features":   line(text, "max_feature_idx", 0, "67108863"),
		"classes":    line(line(text, "num_class", 0, "65536"), "num_tree_per_iteration", 0, "65536"),
		"sets":       line(line(text, "num_cat", 0, "1"), "cat_boundaries", 0, "0 2147483647"),
		"linear":     line(text, "is_linear", 0, "1\nleaf_const=1 2 3 4 5\nnum_features=0 2147483647 1 1 1\nleaf_features=1\nleaf_coeff=1"),
		"categories": strings.ReplaceAll(dump, `"threshold": "`, `"threshold": "2147483647||`),
		"nesting":    `{"name":"tree","num_class":1,"num_tree_per_iteration":1,"average_output":false,"feature_names":["a"],"tree_info":[{"num_leaves":1,"tree_structure":` + strings.Repeat(`{"left_child":`, 1e6),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := booster.Parse([]byte(lie), booster.Limits{})
		runtime.ReadMemStats(&after)
		const most = 300 << 20
		if used := after.TotalAlloc - before.TotalAlloc; err == nil || used > most {
			t.Errorf("%s: the error is %v and %d MB were allocated, want an error and at most %d MB", name, err, used>>20, most>>20)
		}
	}
}

// TestDumpsHaveCategories reads the lists of a dump.
func TestDumpsHaveCategories(t *testing.T) {
	text := strings.Replace(read(t, small+"dump.json"), `"pandas_categorical": null`, `"pandas_categorical": [["a", "b", "c", "d", "e"], [`+strings.Repeat(`1,`, 70)+`1]]`, 1)
	b, err := booster.Parse([]byte(text), booster.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if c := b.Categories(0); c == nil || c.OfText("d") != 3 || b.Categories(1) != nil || b.Categories(3) == nil {
		t.Errorf("the categories are %+v, %+v and %+v, want those of features 0 and 3", c, b.Categories(1), b.Categories(3))
	}
}

// TestOtherLineEndsAreRead reads a model whose ends of lines another program has changed,
// so that the lengths of its trees are wrong.
func TestOtherLineEndsAreRead(t *testing.T) {
	text := strings.ReplaceAll(read(t, small+"model.txt"), "\n", "\r\n")
	b, err := booster.Parse([]byte(text), booster.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	checkAnswers(t, b, readRows(t, small+"rows.txt"))
}

// TestModelsOfVersion2AreRead reads a model as LightGBM 2.0 wrote it: without lengths, kinds
// of decisions that are numerical, and an end of the trees.
func TestModelsOfVersion2AreRead(t *testing.T) {
	text := read(t, "testdata/v4/lgb_categorical/model.txt")
	text = without(without(text, "tree_sizes="), "end of trees")
	text = strings.Replace(text, "version=v4", "version=v2", 1)
	b, err := booster.Parse([]byte(text), booster.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	checkAnswers(t, b, readRows(t, small+"rows.txt"))
}

func TestIterationsAreRead(t *testing.T) {
	b := parse(t, "testdata/v4/lgb_multiclass/model.txt")
	if b.Rounds() != 3 || b.Trees() != 9 || b.Outputs() != 3 {
		t.Fatalf("%d iterations, %d trees, %d outputs, want 3, 9, 3", b.Rounds(), b.Trees(), b.Outputs())
	}
	rows := readRows(t, "testdata/v4/lgb_multiclass/rows.txt")
	whole := score(b, rows)
	part, err := b.Slice(1, 3)
	if err != nil {
		t.Fatal(err)
	}
	got := score(part, rows)
	for i := range rows {
		for k := range 6 {
			if got.Leaf[i*6+k] != whole.Leaf[i*9+3+k] {
				t.Errorf("row %d: leaf of tree %d of iterations 1:3 is %d, want %d", i, k, got.Leaf[i*6+k], whole.Leaf[i*9+3+k])
			}
		}
	}
	for _, bad := range [][2]int{{-1, 2}, {0, 4}, {2, 1}} {
		if _, err := b.Slice(bad[0], bad[1]); err == nil {
			t.Errorf("Slice(%d, %d) gives no error", bad[0], bad[1])
		}
	}
}

// FuzzParse wants an error or a model that can be asked, whatever the file.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"lgb_categorical", "lgb_linear", "lgb_multiclass", "lgb_one_leaf", "lgb_infinite_thresholds"} {
		for _, file := range []string{"model.txt", "dump.json"} {
			data, err := os.ReadFile("testdata/v4/" + name + "/" + file)
			if err != nil {
				f.Fatal(err)
			}
			if i := bytes.Index(data, []byte("\nparameters:")); i > 0 {
				data = data[:i+1]
			}
			f.Add(data)
		}
	}
	for _, tree := range []string{
		"num_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=1.5\ndecision_type=10\nleft_child=-1\nright_child=-2\nleaf_value=1 -2\n",
		"num_leaves=3\nnum_cat=1\nsplit_feature=0 1\nthreshold=0 inf\ndecision_type=1 8\nleft_child=1 -1\nright_child=-2 -3\nleaf_value=1 2 3\ncat_boundaries=0 2\ncat_threshold=5 4294967295\n",
		"num_leaves=1\nnum_cat=0\nleaf_value=1e-300\nis_linear=1\nleaf_const=2\nnum_features=2\nleaf_features=0 1\nleaf_coeff=0.5 -1e308\n",
	} {
		f.Add([]byte("tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=binary sigmoid:1\nfeature_names=a b\nfeature_infos=[0:2] 0:1\n\nTree=0\n" +
			tree + "\n\nend of trees\n\npandas_categorical:[[\"x\",\"y\"]]\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := booster.Parse(data, booster.Limits{Features: 1000, Outputs: 100, Trees: 1000})
		if err != nil {
			return
		}
		rows := make([]row, 3)
		for i := range rows {
			rows[i].features = slices.Repeat([]float64{float64(i) - 0.5}, len(b.Names()))
		}
		score(b, rows)
	})
}
