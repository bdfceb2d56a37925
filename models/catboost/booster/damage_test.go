package booster

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/internal/testseed"
	"leapscore/ops/tree"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/cases", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// answerAny scores some rows of a model that may be damaged: it must not panic.
func answerAny(b *Booster) {
	columns := make([][]float64, len(b.features))
	for i := range columns {
		columns[i] = []float64{0, 1.5, math.NaN(), -1e300, math.Inf(1)}
	}
	b.Score(&tree.Rows{Columns: columns, N: 5}, Answers{
		Raw: make([]float64, 5*b.Outputs()), Prediction: make([]float64, 5*b.Predictions()), Leaf: make([]int32, 5*b.Rounds()), Class: make([]int32, 5)})
}

// TestDamagedFilesGiveErrors cuts files off, flips bytes, and writes numbers that
// mislead into them.
func TestDamagedFilesGiveErrors(t *testing.T) {
	rng := testseed.Rand(t, 1, 0)
	for _, name := range []string{"ctr_combined_many/model.cbm", "lossguide/model.cbm", "one_hot/model.cbm", "ctr_combined_one_hot/model.json", "lossguide/model.json"} {
		whole := readFile(t, name)
		for range 400 {
			data := bytes.Clone(whole)
			switch rng.IntN(3) {
			case 0:
				data = data[:rng.IntN(len(data))]
			case 1:
				data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
			default:
				at := rng.IntN(len(data) - 4)
				bad := []uint32{0, 1, math.MaxInt32, 1 << 31, math.MaxUint32, uint32(len(data)), rng.Uint32()}
				binary.LittleEndian.PutUint32(data[at:], bad[rng.IntN(len(bad))])
			}
			if b, err := Parse(data, Limits{}); err == nil {
				answerAny(b)
			}
		}
	}
}

// within checks that a file is refused, with some words, in little memory.
func within(t *testing.T, name string, data []byte, words string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Parse(data, Limits{})
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s gives %v, want an error with %q", name, err, words)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 64*uint64(len(data))+64<<20 {
		t.Errorf("%s of %d bytes takes %d bytes of memory", name, len(data), used)
	}
}

// A builder makes hostile flatbuffers.

type field func(b *flatbuffers.Builder) (slot int, put func())

func object(b *flatbuffers.Builder, fields ...field) flatbuffers.UOffsetT {
	slots := make([]func(), 0, len(fields))
	for _, f := range fields {
		_, put := f(b)
		slots = append(slots, put)
	}
	b.StartObject(20)
	for _, put := range slots {
		put()
	}
	return b.EndObject()
}

func number32(slot int, v int32) field {
	return func(b *flatbuffers.Builder) (int, func()) { return slot, func() { b.PrependInt32Slot(slot, v, -77) } }
}

// vector32 is a vector of numbers of 32 bits, and of floats by their bits.
func vector32(slot int, values ...int32) field {
	return func(b *flatbuffers.Builder) (int, func()) {
		b.StartVector(4, len(values), 4)
		for i := len(values) - 1; i >= 0; i-- {
			b.PrependInt32(values[i])
		}
		at := b.EndVector(len(values))
		return slot, func() { b.PrependUOffsetTSlot(slot, at, 0) }
	}
}

func doubles(slot, n int) field {
	return func(b *flatbuffers.Builder) (int, func()) {
		b.StartVector(8, n, 8)
		for range n {
			b.PrependFloat64(1)
		}
		at := b.EndVector(n)
		return slot, func() { b.PrependUOffsetTSlot(slot, at, 0) }
	}
}

// again is a vector of n offsets that all lead to one table.
func again(slot, n int, fields ...field) field {
	return func(b *flatbuffers.Builder) (int, func()) {
		one := object(b, fields...)
		b.StartVector(4, n, 4)
		for range n {
			b.PrependUOffsetT(one)
		}
		at := b.EndVector(n)
		return slot, func() { b.PrependUOffsetTSlot(slot, at, 0) }
	}
}

// cbm is a file whose trees have those fields.
func cbm(trees ...field) []byte {
	b := flatbuffers.NewBuilder(0)
	version := b.CreateString("FlabuffersModel_v1")
	at := object(b, trees...)
	b.StartObject(4)
	b.PrependUOffsetTSlot(0, version, 0)
	b.PrependUOffsetTSlot(1, at, 0)
	b.Finish(b.EndObject())
	core := b.FinishedBytes()
	return append(binary.LittleEndian.AppendUint32([]byte(magicCBM), uint32(len(core))), core...)
}

// aFeature is one number with the border 0.
var aFeature = again(5, 1, number32(1, 0), number32(2, 0), vector32(3, 0))

func TestHostileCBMIsRefused(t *testing.T) {
	const maxInt = math.MaxInt32
	wide := make([]int32, 1<<18)
	one := []field{number32(0, 1), aFeature}
	with := func(more ...field) []byte { return cbm(append(slices.Clone(one), more...)...) }
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"length of 2^31":                 {[]byte("CBM1\xff\xff\xff\x7fabc"), "ends early"},
		"length of 2^64":                 {[]byte("CBM1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), "ends early"},
		"nothing":                        {[]byte("CBM1\x00\x00\x00\x00"), "damaged"},
		"root beyond the end":            {[]byte("CBM1\x04\x00\x00\x00\xff\xff\xff\x7f"), "damaged"},
		"root in itself":                 {[]byte("CBM1\x08\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00"), "damaged"},
		"no trees":                       {with(), "no trees"},
		"the same borders 100,000 times": {cbm(number32(0, 1), again(5, 100000, number32(1, 0), number32(2, 0), vector32(3, wide...))), "again and again"},
		"the same feature twice":         {cbm(number32(0, 1), again(5, 2, number32(1, 0), number32(2, 0)), vector32(2, 0), doubles(8, 1)), "not its own"},
		"a feature with no place":        {cbm(number32(0, 1), again(5, 1, number32(1, -5), number32(2, 3), vector32(3, 0)), vector32(2, 1), vector32(1, 0), doubles(8, 2)), "not its own"},
		"depth of 2^31":                  {with(vector32(2, maxInt), vector32(1, 0), doubles(8, 2)), "levels deep"},
		"depth below 0":                  {with(vector32(2, -1), vector32(1, 0), doubles(8, 2)), "levels deep"},
		"depth of 24, two leaves":        {with(vector32(2, 24), vector32(1, make([]int32, 24)...), doubles(8, 2)), "beyond the 2 values"},
		"split beyond the features":      {with(vector32(2, 1), vector32(1, 1), doubles(8, 2)), "split 1"},
		"split below 0":                  {with(vector32(2, 1), vector32(1, -1), doubles(8, 2)), "split -1"},
		"2^31 outputs":                   {cbm(number32(0, maxInt), aFeature, vector32(2, 1), vector32(1, 0), doubles(8, 2)), "outputs"},
		"child beyond the tree":          {with(vector32(2, 1), vector32(3, 0), vector32(1, 0), vector32(10, 0x7000_0000), vector32(11, 0), doubles(8, 2)), "beyond the tree"},
		"two parents":                    {with(vector32(2, 3), vector32(3, 0), vector32(1, 0, 0, 0), vector32(10, 0x0002_0002, 0, 0), vector32(11, 0, 0, 0), doubles(8, 2)), "two parents"},
		"leaf beyond the values":         {with(vector32(2, 1), vector32(3, 0), vector32(1, 0), vector32(10, 0), vector32(11, 2), doubles(8, 2)), "the model 2"},
		"fewer steps than splits":        {with(vector32(2, 1), vector32(3, 0), vector32(1, 0, 0), vector32(10, 0), vector32(11, 0), doubles(8, 2)), "different lengths"},
		"a text feature":                 {with(vector32(2, 1), vector32(1, 0), doubles(8, 2), again(12, 1, number32(0, 0), number32(1, 7))), "text feature 7"},
		"an embedding feature":           {with(vector32(2, 1), vector32(1, 0), doubles(8, 2), again(18, 1, number32(0, 0), number32(1, 7))), "embedding feature 7"},
		"a category without a feature":   {with(vector32(2, 1), vector32(1, 0), doubles(8, 2), again(6, 1, number32(0, 3), vector32(1, 5))), "category 3"},
	} {
		t.Run(name, func(t *testing.T) { within(t, name, c.data, c.words) })
	}
}

func TestHostileJSONIsRefused(t *testing.T) {
	feature := `"features_info":{"float_features":[{"feature_index":0,"flat_feature_index":0,"borders":[0]}],"categorical_features":[{"feature_index":0,"flat_feature_index":1}]`
	leaf := `{"value":1,"weight":1}`
	deep := func(n int) string {
		return strings.Repeat(`{"split":{"split_index":0},"right":`+leaf+`,"left":`, n) + leaf + strings.Repeat("}", n)
	}
	table := func(stats string) string {
		return `{` + feature + `,"ctrs":[{"ctr_type":"Counter","elements":[{"combination_element":"cat_feature_value","cat_feature_index":0}],"borders":[1]}]},` +
			`"oblivious_trees":[{"leaf_values":[0,1],"splits":[{"split_index":1}]}],"ctr_data":{"{\"identifier\":[{\"combination_element\":\"cat_feature_value\",\"cat_feature_index\":0}],\"type\":\"Counter\"}":` + stats + `}}`
	}
	for name, c := range map[string][2]string{
		"a million brackets":             {strings.Repeat("[", 1<<20), "no model of CatBoost"},
		"a million braces":               {strings.Repeat(`{"trees":`, 1<<20), "depth"},
		"deep trees":                     {`{` + feature + `},"trees":[` + deep(4200) + `]}`, "levels deep"},
		"another model":                  {`{"learner":{"gradient_booster":{}}}`, "no model of CatBoost"},
		"no leaf values":                 {`{` + feature + `},"oblivious_trees":[{"leaf_values":[],"splits":[{"split_index":0}]}]}`, "outputs"},
		"other leaf values":              {`{` + feature + `},"oblivious_trees":[{"leaf_values":[1,2,3],"splits":[{"split_index":0}]}]}`, "3 leaf_values"},
		"a split of 2^31":                {`{` + feature + `},"oblivious_trees":[{"leaf_values":[1,2],"splits":[{"split_index":2147483648}]}]}`, "split_index"},
		"a split without number":         {`{` + feature + `},"oblivious_trees":[{"leaf_values":[1,2],"splits":[{}]}]}`, "split_index"},
		"a split beyond the features":    {`{` + feature + `},"oblivious_trees":[{"leaf_values":[1,2],"splits":[{"split_index":7}]}]}`, "split 7"},
		"30 levels":                      {`{` + feature + `},"oblivious_trees":[{"leaf_values":[1,2],"splits":[` + strings.Repeat(`{"split_index":0},`, 30) + `{"split_index":0}]}]}`, "levels deep"},
		"half a node":                    {`{` + feature + `},"trees":[{"split":{"split_index":0},"left":` + leaf + `}]}`, "a node needs"},
		"null for a tree":                {`{` + feature + `},"trees":[null]}`, "a node needs"},
		"a stride of 0":                  {table(`{"hash_stride":0,"hash_map":[]}`), "hash_map"},
		"a stride of 2^60":               {table(`{"hash_stride":1152921504606846976,"hash_map":["1",2]}`), "hash_map"},
		"a list cut off":                 {table(`{"hash_stride":2,"hash_map":["1",2,"3"]}`), "hash_map"},
		"a hash that is none":            {table(`{"hash_stride":2,"hash_map":["x",2]}`), "invalid syntax"},
		"no statistics":                  {strings.Replace(table(`{"hash_stride":2,"hash_map":["1",2]}`), "Counter\\", "FeatureFreq\\", 1), "lacks the statistics"},
		"statistics of several targets":  {strings.Replace(strings.ReplaceAll(table(`{"hash_stride":3,"hash_map":["1",2,3]}`), "Counter", "Borders"), `{"features`, `{"model_info":{"params":{"loss_function":{"type":"MultiRMSE"}}},"features`, 1), "save the model as cbm"},
		"statistics of several cuts":     {strings.Replace(strings.ReplaceAll(table(`{"hash_stride":3,"hash_map":["1",2,3]}`), "Counter", "Borders"), `{"features`, `{"model_info":{"params":{"cat_feature_params":{"simple_ctrs":[{"ctr_type":"Borders","target_binarization":{"border_count":1}},{"ctr_type":"Borders","target_binarization":{"border_count":3}}]}}},"features`, 1), "save the model as cbm"},
		"two billion classes":            {`{` + feature + `},"model_info":{"class_params":{"classes_count":2000000000,"class_to_label":[0,1]}},"oblivious_trees":[{"leaf_values":[1,2],"splits":[{"split_index":0}]}]}`, "classes"},
		"two billion classes of several": {`{` + feature + `},"model_info":{"class_params":{"classes_count":2000000000,"class_to_label":[0,1]}},"oblivious_trees":[{"leaf_values":[1,2,3,4],"splits":[{"split_index":0}]}]}`, "more than 16384"},
		"a class with no place":          {`{` + feature + `},"model_info":{"class_params":{"classes_count":5,"class_to_label":[0,5]}},"oblivious_trees":[{"leaf_values":[1,2,3,4],"splits":[{"split_index":0}]}]}`, "the place 5"},
		"an infinite bias":               {`{` + feature + `},"scale_and_bias":[1,[1e999]],"oblivious_trees":[{"leaf_values":[1,2],"splits":[{"split_index":0}]}]}`, "bias"},
	} {
		t.Run(name, func(t *testing.T) { within(t, name, []byte(c[0]), c[1]) })
	}
}

// A tree may have no split, and a node none.
func TestTreesWithoutSplitsHaveOneLeaf(t *testing.T) {
	for name, data := range map[string][]byte{
		"oblivious": cbm(number32(0, 1), aFeature, vector32(2, 0, 1), vector32(1, 0), doubles(8, 3)),
		"others":    cbm(number32(0, 1), aFeature, vector32(2, 1, 1), vector32(3, 0, 1), vector32(1, 0, 0), vector32(10, 0, 0), vector32(11, 0, 1), doubles(8, 2)),
	} {
		b, err := Parse(data, Limits{})
		if err != nil {
			t.Fatal(name, err)
		}
		raw, leaf := make([]float64, 2), make([]int32, 4)
		b.Score(&tree.Rows{Columns: [][]float64{{-1, 1}}, N: 2}, Answers{Raw: raw, Leaf: leaf})
		want := []int32{0, 0, 0, 1}
		if !b.Oblivious {
			want[3] = 0
		}
		if raw[0] != 2 || raw[1] != 2 || !slices.Equal(leaf, want) {
			t.Errorf("%s: raw %v and leaves %v, want [2 2] and %v", name, raw, leaf, want)
		}
	}
}
