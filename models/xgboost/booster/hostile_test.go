package booster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"leapscore/ops/tree"
)

// inJSON is a model of one tree, of which some text is replaced.
func inJSON(replaced ...string) []byte {
	const model = `{"learner":{"attributes":{},"feature_names":[],"feature_types":[],"gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1"},"tree_info":[0],
		"trees":[{"base_weights":[0,1,2],"categories":[],"categories_nodes":[],"categories_segments":[],"categories_sizes":[],"default_left":[0,0,0],"id":0,"left_children":[1,-1,-1],"loss_changes":[0,0,0],"parents":[2147483647,0,0],
		"right_children":[2,-1,-1],"split_conditions":[0.5,1,2],"split_indices":[0,0,0],"split_type":[0,0,0],"sum_hessian":[2,1,1],"tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"3","size_leaf_vector":"1"}}]},"name":"gbtree"},
		"learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"2","num_target":"1"},"objective":{"name":"reg:squarederror"}},"version":[2,1,4]}`
	return []byte(strings.NewReplacer(replaced...).Replace(model))
}

// inBinary is the head of a binary model.
func inBinary(objective, booster string) []byte {
	b := make([]byte, 136)
	binary.LittleEndian.PutUint32(b, math.Float32bits(0.5))
	binary.LittleEndian.PutUint32(b[4:], 2)
	binary.LittleEndian.PutUint32(b[20:], 1)
	for _, s := range []string{objective, booster} {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

func TestHostileFilesAreRefused(t *testing.T) {
	deep := strings.Repeat("[", 1<<20)
	trees := append(inBinary("reg:squarederror", "gbtree"), 0xff, 0xff, 0xff, 0x7f)
	trees = append(trees, make([]byte, 4*39)...)
	nodes := append(append([]byte{}, trees...), 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f)
	nodes = append(nodes, make([]byte, 4*35)...)
	long := append([]byte(nil), inBinary("reg:squarederror", "gbtree")...)
	binary.LittleEndian.PutUint64(long[136:], 1<<60)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "ends too early"},
		{"no model", []byte(`{}`), "no learner"},
		{"text", []byte(`"learner"`), ""},
		{"cut", inJSON()[:700], "ends too early"},
		{"no end", []byte(`{"learner`), "ends too early"},
		{"cycle", inJSON(`"left_children":[1,-1,-1]`, `"left_children":[0,-1,-1]`), "tree 0: node 0 is below two nodes, or below itself"},
		{"two parents", inJSON(`"right_children":[2,-1,-1]`, `"right_children":[1,-1,-1]`), "node 1 is below two nodes"},
		{"child out of range", inJSON(`"right_children":[2,-1,-1]`, `"right_children":[7,-1,-1]`), "node 0 has the child 7, and the tree 3 nodes"},
		{"no child", inJSON(`"right_children":[2,-1,-1]`, `"right_children":[-1,-1,-1]`), "node 0 has the child -1"},
		{"2^31 nodes", inJSON(`"num_nodes":"3"`, `"num_nodes":"2147483647"`), "that of 2147483647 nodes"},
		{"nodes that differ", inJSON(`"split_indices":[0,0,0]`, `"split_indices":[0,0]`), "split_indices is that of 2 nodes"},
		{"feature", inJSON(`"split_indices":[0,0,0]`, `"split_indices":[2,0,0]`), "splits by feature 2, and the model has 2"},
		{"negative feature", inJSON(`"split_indices":[0,0,0]`, `"split_indices":[-3,0,0]`), "feature -3"},
		{"output", inJSON(`"tree_info":[0]`, `"tree_info":[1]`), "adds to output 1, and the model has 1"},
		{"trees", inJSON(`"tree_info":[0]`, `"tree_info":[0,0]`), "tree_info is that of 2 trees"},
		{"id", inJSON(`"id":0`, `"id":2000000000`), "a tree has the id 2000000000"},
		{"ids", inJSON(`"id":0`, `"id":1`), "do not count up from 0"},
		{"parallel", inJSON(`"num_parallel_tree":"1"`, `"num_parallel_tree":"0"`), "num_parallel_tree is 0"},
		{"features", inJSON(`"num_feature":"2","num_target"`, `"num_feature":"4294967295","num_target"`), "4294967295 features"},
		{"classes", inJSON(`"num_class":"0"`, `"num_class":"2000000000"`), "2000000000 classes"},
		{"objective", inJSON(`reg:squarederror`, `reg:mine`), `the objective is "reg:mine", which is none of those that are read: binary:hinge`},
		{"booster", inJSON(`"gbtree"`, `"gbforest"`), `the booster is "gbforest"`},
		{"base_score", inJSON(`"5E-1"`, `"half"`), `base_score "half": "half" is not a number`},
		{"base_scores", inJSON(`"5E-1"`, `"[5E-1,1E0]"`), "base_score has 2 values, and the model 1 outputs"},
		{"no probability", inJSON(`"5E-1"`, `"2E0"`, `reg:squarederror`, `binary:logistic`), "wants a probability"},
		{"no number", inJSON(`[0.5,1,2]`, `[0.5,"a",2]`), "a text stands where a number is wanted"},
		{"huge node", inJSON(`[1,-1,-1]`, `[9999999999,-1,-1]`), "is not a whole number of 32 bits"},
		{"category", inJSON(`"split_type":[0,0,0]`, `"split_type":[1,0,0]`), "has no categories"},
		{"sets", inJSON(`"split_type":[0,0,0]`, `"split_type":[1,0,0]`, `"categories":[]`, `"categories":[20000000]`, `_nodes":[]`, `_nodes":[0]`, `_segments":[]`, `_segments":[0]`, `_sizes":[]`, `_sizes":[1]`), "categories go from 20000000"},
		{"segments", inJSON(`"categories_nodes":[]`, `"categories_nodes":[0]`, `_segments":[]`, `_segments":[5]`, `_sizes":[]`, `_sizes":[2147483647]`), "are not among the 0 of the tree"},
		{"vectors", inJSON(`"size_leaf_vector":"1"`, `"size_leaf_vector":"2147483647"`), "has no vector of 2147483647 values"},
		{"deep", []byte(`{"learner":{"x":` + deep), "deeper in each other"},
		{"deep trees", inJSON(`"tree_param":{`, `"x":`+strings.Repeat(`{"a":`, 1000)), "deeper in each other"},
		{"UBJ length", []byte("{L\x00\x00\x00\x00\x00\x00\x00\x07learner{L\x7f\xff\xff\xff\xff\xff\xff\xff"), "ends too early"},
		{"UBJ negative length", []byte("{L\xff\xff\xff\xff\xff\xff\xff\xff"), "a length is -1"},
		{"UBJ array", append([]byte("{L\x00\x00\x00\x00\x00\x00\x00\x07version[$l#L\x7f\xff\xff\xff\xff\xff\xff\xff"), 1, 2, 3), "ends too early"},
		{"UBJ of nothing", []byte("{L\x00\x00\x00\x00\x00\x00\x00\x07version[$Z#L\x7f\xff\xff\xff\xff\xff\xff\xff"), "are none"},
		{"deep UBJ", []byte("{L\x00\x00\x00\x00\x00\x00\x00\x01x" + deep), "deeper in each other"},
		{"text length", long, "bytes of text"},
		{"2^31 trees", trees, "ends too early"},
		{"2^31 nodes in binary", nodes, "ends too early"},
		{"another booster", inBinary("reg:squarederror", "trees"), `"trees" stands where gbtree`},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := allocated()
			if _, err := Parse(c.data, Limits{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
			if used := allocated() - before; used > 64<<20 {
				t.Errorf("%d MB were taken for a file of %d bytes", used>>20, len(c.data))
			}
		})
	}
	if _, err := Parse(inJSON(), Limits{}); err != nil {
		t.Errorf("the model as it is: %v", err)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestSetsOfCategoriesAreBounded asks for a set of two million in each of many nodes.
func TestSetsOfCategoriesAreBounded(t *testing.T) {
	var b strings.Builder
	one := string(inJSON(`"split_type":[0,0,0]`, `"split_type":[1,0,0]`, `"categories":[]`, `"categories":[16777215]`, `_nodes":[]`, `_nodes":[0]`, `_segments":[]`, `_segments":[0]`, `_sizes":[]`, `_sizes":[1]`))
	from, to := strings.Index(one, `"trees":[`)+9, strings.Index(one, `]},"name"`)
	const n = 400
	info := strings.TrimSuffix(strings.Repeat("0,", n), ",")
	b.WriteString(strings.Replace(one[:from], `"tree_info":[0]`, `"tree_info":[`+info+`]`, 1))
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.Replace(one[from:to], `"id":0`, fmt.Sprintf(`"id":%d`, i), 1))
	}
	b.WriteString(one[to:])
	if _, err := Parse([]byte(b.String()), Limits{}); err == nil || !strings.Contains(err.Error(), "sets of categories") {
		t.Errorf("the error is %v, want one of the sets of categories", err)
	}
}

// TestEveryCutIsRefused cuts models of every form at every place.
func TestEveryCutIsRefused(t *testing.T) {
	for _, path := range []string{"3.2/xgb_one_leaf/model.*", "1.7/xgb_linear/model.*", "1.7/xgb_exact/model.*"} {
		paths, err := filepath.Glob("testdata/" + path)
		if err != nil || len(paths) != 1 {
			t.Fatalf("%v, %v", paths, err)
		}
		data, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		whole := bytes.TrimSpace(data)
		for n := range whole {
			if b, err := Parse(whole[:n], Limits{}); err == nil && b.Form != "binary" { // attributes of the binary form may lack
				t.Fatalf("%s: the first %d of %d bytes are taken for a model", paths[0], n, len(whole))
			}
		}
	}
}

// fuzz reads a file and scores two rows with it.
func fuzz(t *testing.T, data []byte) {
	if len(data) > 1<<20 {
		return
	}
	b, err := Parse(data, Limits{Features: 1 << 12, Outputs: 1 << 8})
	if err != nil {
		return
	}
	r := &tree.Rows{Columns: make([][]float64, b.Features), N: 2, Refuse: func(int, string, ...any) {}}
	for k := range r.Columns {
		r.Columns[k] = []float64{math.NaN(), float64(k)}
	}
	b.Predict(r, Want{Raw: true, Prediction: true, Leaf: true})
	if n, stopped := b.Best(); stopped {
		if _, err := b.Slice(0, n); err != nil {
			t.Fatal(err)
		}
	}
}

func seed(f *testing.F, forms ...string) {
	for _, form := range forms {
		paths, err := filepath.Glob("testdata/*/*/model." + form)
		if err != nil || len(paths) == 0 {
			f.Fatalf("%d models, %v", len(paths), err)
		}
		for _, path := range paths {
			if data, err := os.ReadFile(path); err == nil && len(data) < 8<<10 {
				f.Add(data)
			}
		}
	}
	f.Fuzz(fuzz)
}

func FuzzJSON(f *testing.F) {
	f.Add(inJSON())
	seed(f, "json")
}

func FuzzUBJ(f *testing.F)    { seed(f, "ubj") }
func FuzzBinary(f *testing.F) { seed(f, "deprecated") }
