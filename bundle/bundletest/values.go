package bundletest

import "leapscore/bundle"

func scalar(s bundle.ScalarValue) bundle.Value { return bundle.Value{Scalar: &s} }
func list(l bundle.ListValue) bundle.Value     { return bundle.Value{List: &l} }

// Bool is a boolean attribute.
func Bool(x bool) bundle.Value { return scalar(bundle.ScalarValue{Bool: x}) }

// Int is an int, short or byte attribute.
func Int(x int32) bundle.Value { return scalar(bundle.ScalarValue{Int: x}) }

// Long is a long attribute.
func Long(x int64) bundle.Value { return scalar(bundle.ScalarValue{Long: x}) }

// Float is a float attribute.
func Float(x float32) bundle.Value { return scalar(bundle.ScalarValue{Float: x}) }

// Double is a double attribute.
func Double(x float64) bundle.Value { return scalar(bundle.ScalarValue{Double: x}) }

// String is a string attribute.
func String(x string) bundle.Value { return scalar(bundle.ScalarValue{String: x}) }

// BasicType is a basic type attribute.
func BasicType(x bundle.Base) bundle.Value { return scalar(bundle.ScalarValue{BasicType: x}) }

// Shape is a data shape attribute.
func Shape(x bundle.DataShape) bundle.Value { return scalar(bundle.ScalarValue{Shape: &x}) }

// Bools is a list of booleans.
func Bools(x ...bool) bundle.Value { return list(bundle.ListValue{Bools: x}) }

// Ints is a list of ints.
func Ints(x ...int32) bundle.Value { return list(bundle.ListValue{Ints: x}) }

// Longs is a list of longs.
func Longs(x ...int64) bundle.Value { return list(bundle.ListValue{Longs: x}) }

// Floats is a list of floats.
func Floats(x ...float32) bundle.Value { return list(bundle.ListValue{Floats: x}) }

// Doubles is a list of doubles.
func Doubles(x ...float64) bundle.Value { return list(bundle.ListValue{Doubles: x}) }

// Strings is a list of strings.
func Strings(x ...string) bundle.Value { return list(bundle.ListValue{Strings: x}) }

// BasicTypes is a list of basic types.
func BasicTypes(x ...bundle.Base) bundle.Value { return list(bundle.ListValue{BasicTypes: x}) }

// Shapes is a list of data shapes.
func Shapes(x ...bundle.DataShape) bundle.Value { return list(bundle.ListValue{Shapes: x}) }

// Tensors is a list of tensors.
func Tensors(x ...bundle.TensorValue) bundle.Value { return list(bundle.ListValue{Tensors: x}) }

// Vector is a tensor of doubles with one dimension.
func Vector(x ...float64) bundle.Value { return Matrix([]int{len(x)}, x...) }

// Matrix is a tensor of doubles of the given sizes; the values are in the order
// of the file, which is column-major in MLeap's own ops.
func Matrix(dims []int, x ...float64) bundle.Value {
	return bundle.Value{Tensor: &bundle.TensorValue{Base: bundle.Double, Dims: dims, Doubles: x}}
}

// Nullable scalar, list and vector shapes, as attributes like input_shapes list
// them.
var (
	ScalarShape = bundle.DataShape{Kind: bundle.ScalarKind, Nullable: true}
	ListShape   = bundle.DataShape{Kind: bundle.ListKind, Nullable: true}
)

// VectorShape is the shape of tensors of the given sizes.
func VectorShape(dims ...int) bundle.DataShape {
	return bundle.DataShape{Kind: bundle.TensorKind, Nullable: true, Dims: dims}
}
