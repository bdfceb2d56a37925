package bundle_test

import (
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

func TestScalarsOfAnotherKindReadAsDefaults(t *testing.T) {
	a := bundle.NewAttrs(map[string]bundle.Value{
		"long": bundletest.Long(7), "int": bundletest.Int(7), "empty": {Scalar: &bundle.ScalarValue{}},
		"double": bundletest.Double(7), "string": bundletest.String("7"),
	})
	got := []any{
		a.Int("long"), a.Long("int"), a.Double("long"), a.Double("double"), a.Float("double"), a.Bool("empty"), a.String("empty"),
		a.BasicType("string"), a.IntOr("empty", 9), a.LongOr("empty", 9), a.DoubleOr("empty", 9), a.FloatOr("empty", 9),
		a.BoolOr("empty", true), a.StringOr("empty", "x"),
	}
	want := []any{
		int32(0), int64(0), 0.0, 7.0, float32(0), false, "", bundle.UnknownBase, int32(0), int64(0), 0.0, float32(0), false, "",
	}
	if diff := cmp.Diff(want, got); diff != "" || a.Err() != nil {
		t.Errorf("%s, %v", diff, a.Err())
	}
}

func TestAbsentAttributesReadAsTheGivenDefault(t *testing.T) {
	a := bundle.NewAttrs(nil)
	def := bundle.DataShape{Kind: bundle.ListKind}
	_, hasTensor := a.TensorOr("x")
	got := []any{
		a.IntOr("x", 9), a.LongOr("x", 9), a.DoubleOr("x", 9), a.FloatOr("x", 9), a.BoolOr("x", true), a.StringOr("x", "d"),
		a.DoublesOr("x", []float64{9}), a.StringsOr("x", []string{"d"}), a.LongsOr("x", []int64{9}), hasTensor, a.ShapeOr("x", def), a.Has("x"),
	}
	want := []any{
		int32(9), int64(9), 9.0, float32(9), true, "d", []float64{9}, []string{"d"}, []int64{9}, false, def, false,
	}
	if diff := cmp.Diff(want, got); diff != "" || a.Err() != nil {
		t.Errorf("%s, %v", diff, a.Err())
	}
}

func TestErrorsNameTheAttribute(t *testing.T) {
	values := map[string]bundle.Value{
		"scalar": bundletest.Double(1), "doubles": bundletest.Doubles(1), "empty": bundletest.Doubles(),
		"floats":  {Tensor: &bundle.TensorValue{Base: bundle.Float, Dims: []int{1}, Floats: []float32{1}}},
		"short":   bundletest.Matrix([]int{2, 2}, 1, 2, 3),
		"tensors": bundletest.Tensors(bundle.TensorValue{Base: bundle.Float, Dims: []int{2}, Floats: []float32{1}}),
		"bare":    {Tensor: &bundle.TensorValue{Base: bundle.Double, Doubles: []float64{1}}},
	}
	for want, read := range map[string]func(a *bundle.Attrs){
		"x: missing":                                  func(a *bundle.Attrs) { a.Long("x") },
		"y: missing":                                  func(a *bundle.Attrs) { a.Strings("y") },
		"z: missing":                                  func(a *bundle.Attrs) { a.Tensor("z") },
		"doubles: list<double>, want long":            func(a *bundle.Attrs) { a.Long("doubles") },
		"empty: empty list, want string":              func(a *bundle.Attrs) { a.String("empty") },
		"scalar: scalar, want list<int>":              func(a *bundle.Attrs) { a.Ints("scalar") },
		"doubles: list<double>, want list<long>":      func(a *bundle.Attrs) { a.Longs("doubles") },
		"doubles: list<double>, want tensor<double>":  func(a *bundle.Attrs) { a.Tensor("doubles") },
		"floats: tensor<float>, want tensor<double>":  func(a *bundle.Attrs) { a.Tensor("floats") },
		"floats: tensor<float>, want list<tensor>":    func(a *bundle.Attrs) { a.Tensors("floats") },
		"floats: tensor<float>, want boolean":         func(a *bundle.Attrs) { a.Bool("floats") },
		"scalar: no data_shape":                       func(a *bundle.Attrs) { a.Shape("scalar") },
		"scalar: no model":                            func(a *bundle.Attrs) { a.Model("scalar") },
		"short: tensor shape [2 2]: 3 values, want 4": func(a *bundle.Attrs) { a.Tensor("short") },
		"tensors: tensor shape [2]: 1 values, want 2": func(a *bundle.Attrs) { a.Tensors("tensors") },
		"bare: tensor without a shape":                func(a *bundle.Attrs) { a.Tensor("bare") },
		"own: 1 values, want at least 2":              func(a *bundle.Attrs) { a.Failf("own", "%d values, want at least %d", 1, 2) },
		"first: missing":                              func(a *bundle.Attrs) { a.Int("first"); a.Int("second"); a.Failf("third", "bad") },
	} {
		a := bundle.NewAttrs(values)
		read(a)
		if err := a.Err(); err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestEmptyListsReadAsAnyKind(t *testing.T) {
	a := bundle.NewAttrs(map[string]bundle.Value{"x": {List: &bundle.ListValue{}}})
	n := len(a.Bools("x")) + len(a.Ints("x")) + len(a.Longs("x")) + len(a.Floats("x")) + len(a.Doubles("x")) + len(a.Strings("x")) +
		len(a.Tensors("x")) + len(a.Shapes("x")) + len(a.BasicTypes("x")) + len(a.Models("x")) + len(a.ByteStrings("x"))
	if n != 0 || a.Err() != nil {
		t.Errorf("%d values, %v", n, a.Err())
	}
}

func TestListsReadAsTheyAre(t *testing.T) {
	shape := bundletest.VectorShape(3)
	a := bundle.NewAttrs(map[string]bundle.Value{
		"bools": bundletest.Bools(true), "ints": bundletest.Ints(1), "longs": bundletest.Longs(2), "floats": bundletest.Floats(3),
		"strings": bundletest.Strings("4"), "types": bundletest.BasicTypes(bundle.Long), "shapes": bundletest.Shapes(shape),
		"shape": bundletest.Shape(shape), "type": bundletest.BasicType(bundle.Float),
	})
	got := []any{
		a.Bools("bools"), a.Ints("ints"), a.Longs("longs"), a.Floats("floats"), a.Strings("strings"), a.BasicTypes("types"),
		a.Shapes("shapes"), a.Shape("shape").Type(bundle.Double).String(), a.BasicType("type"), a.Names(),
	}
	want := []any{
		[]bool{true}, []int32{1}, []int64{2}, []float32{3}, []string{"4"}, []bundle.Base{bundle.Long},
		[]bundle.DataShape{shape}, "tensor<double>[3]?", bundle.Float,
		[]string{"bools", "floats", "ints", "longs", "shape", "shapes", "strings", "type", "types"},
	}
	if diff := cmp.Diff(want, got); diff != "" || a.Err() != nil {
		t.Errorf("%s, %v", diff, a.Err())
	}
}

func TestTensorShapes(t *testing.T) {
	big := math.MaxInt32
	for _, c := range []struct {
		dims, want []int
		n          int
		err        string
	}{
		{[]int{}, []int{}, 1, ""},
		{[]int{}, nil, 0, "0 values, want 1"},
		{[]int{0}, []int{0}, 0, ""},
		{[]int{-1}, []int{3}, 3, ""},
		{[]int{2, -1}, []int{2, 3}, 6, ""},
		{[]int{2, -1}, nil, 7, "7 values, want 6"},
		{[]int{-1, -1}, nil, 4, "two unknown sizes"},
		{[]int{0, -1}, nil, 0, "no value"},
		{[]int{-2, -3}, nil, 6, "negative size"},
		{[]int{big, big, big, big}, nil, 1, "more values than a tensor may have"},
		{[]int{1 << 16, 1 << 16}, nil, 0, "more values than a tensor may have"},
	} {
		a := bundle.NewAttrs(map[string]bundle.Value{"x": bundletest.Matrix(c.dims, make([]float64, c.n)...)})
		got := a.Tensor("x")
		if c.err != "" {
			wantError(t, a.Err(), "x: tensor shape", c.err)
		} else if diff := cmp.Diff(c.want, got.Dims); diff != "" || a.Err() != nil {
			t.Errorf("%v of %d: %s, %v", c.dims, c.n, diff, a.Err())
		}
	}
}

func TestAttrsMayBeReadConcurrently(t *testing.T) {
	a := bundle.NewAttrs(map[string]bundle.Value{"x": bundletest.Matrix([]int{-1}, 1, 2)})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if len(a.Tensor("x").Doubles) != 2 || a.Int("absent") != 0 || a.Err() == nil {
				t.Error("wrong answer")
			}
		})
	}
	wg.Wait()
}
