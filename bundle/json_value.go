package bundle

import (
	"errors"
	"fmt"
	"unicode/utf16"
)

// compoundCost is what an attribute, tensor, shape or model takes from
// Limits.Values.
const compoundCost = 32

// wireKind is a key of a JSON value, and the order in which tensors look for
// their values.
type wireKind uint8

const (
	kindBoolean wireKind = iota
	kindByte
	kindShort
	kindInt
	kindLong
	kindFloat
	kindDouble
	kindByteString
	kindString
	kindTensor
	kindBasicType
	kindDataShape
	kindModel
	kindType
	kindShape
	wireKinds
)

var wireKindNames = [wireKinds]string{
	"boolean", "byte", "short", "int", "long", "float", "double", "byte_string", "string",
	"tensor", "basic_type", "data_shape", "model", "type", "shape",
}

func wireKindOf(key []byte) wireKind {
	for k, name := range wireKindNames {
		if string(key) == name {
			return wireKind(k)
		}
	}
	return wireKinds
}

// jsonForm is what the value of a key looked like.
type jsonForm uint8

const (
	formAbsent jsonForm = iota
	formOne
	formArray
)

// valueParts are the members of a JSON value. Their meaning depends on the
// member "type", which usually comes last, so each is read by its looks, and
// errors wait until it is known whether the member counts.
type valueParts struct {
	form  [wireKinds]jsonForm
	errs  [wireKinds]error
	one   ScalarValue
	many  ListValue
	bytes []int32
	short []int32
	typ   string
	dims  []int
}

// parts reads the members of a value.
func (r *jsonReader) parts(v *valueParts) error {
	r.charge(compoundCost)
	return r.object(func(key []byte) error {
		k := wireKindOf(key)
		if k == wireKinds {
			r.skip()
			return nil
		}
		if v.form[k] = formOne; r.next() == '[' {
			v.form[k] = formArray
			v.errs[k] = v.readMany(r, k)
		} else {
			v.errs[k] = v.readOne(r, k)
		}
		return nil
	})
}

func (v *valueParts) readOne(r *jsonReader, k wireKind) (err error) {
	var n int64
	switch k {
	case kindBoolean:
		v.one.Bool, err = r.bool()
	case kindByte, kindShort:
		err = r.wrong("an array")
	case kindInt:
		n, err = r.integer(32)
		v.one.Int = int32(n)
	case kindLong:
		v.one.Long, err = r.integer(64)
	case kindFloat:
		var x float64
		x, err = r.float(32)
		v.one.Float = float32(x)
	case kindDouble:
		v.one.Double, err = r.double()
	case kindByteString:
		v.one.Bytes, err = r.base64()
	case kindString:
		v.one.String, err = r.text()
	case kindTensor:
		v.one.Tensor, err = optional(r, r.tensor)
	case kindBasicType:
		v.one.BasicType, err = r.basicType()
	case kindDataShape:
		v.one.Shape, err = optional(r, r.dataShape)
	case kindModel:
		v.one.Model, err = optional(r, r.model)
	case kindType:
		v.typ, err = r.text()
	case kindShape:
		v.dims, err = r.tensorShape()
	}
	return err
}

func (v *valueParts) readMany(r *jsonReader, k wireKind) (err error) {
	switch k {
	case kindBoolean:
		v.many.Bools, err = elements(r, r.bool)
	case kindByte:
		v.bytes, err = r.ints(8)
	case kindShort:
		v.short, err = r.ints(16)
	case kindInt:
		v.many.Ints, err = r.ints(32)
	case kindLong:
		v.many.Longs, err = r.longs()
	case kindFloat:
		v.many.Floats, err = r.floats()
	case kindDouble:
		v.many.Doubles, err = r.doubles()
	case kindByteString:
		v.many.Bytes, err = elements(r, r.base64)
	case kindString:
		v.many.Strings, err = r.texts()
	case kindTensor:
		v.many.Tensors, err = compounds(r, r.tensor)
	case kindBasicType:
		v.many.BasicTypes, err = elements(r, r.basicType)
	case kindDataShape:
		v.many.Shapes, err = compounds(r, r.dataShape)
	case kindModel:
		v.many.Models, err = compounds(r, r.model)
	case kindType:
		err = r.wrong("a string")
	case kindShape:
		err = r.wrong("an object")
	}
	return err
}

// optional reads a value that may be null.
func optional[T any](r *jsonReader, read func() (T, error)) (*T, error) {
	if r.next() == 'n' {
		r.literal("null")
		return nil, nil
	}
	x, err := read()
	if err != nil {
		return nil, err
	}
	return &x, nil
}

// value reads an attribute.
func (r *jsonReader) value() (Value, error) {
	var v valueParts
	if err := r.parts(&v); err != nil || r.err != nil {
		return Value{}, err
	}
	if v.form[kindType] == formAbsent {
		if err := v.check(formOne); err != nil {
			return Value{}, err
		}
		one := v.one
		return Value{Scalar: &one}, nil
	}
	if err := v.errs[kindType]; err != nil {
		return Value{}, &pathError{"type", err}
	}
	switch v.typ {
	case "list":
		if err := v.check(formArray); err != nil {
			return Value{}, err
		}
		many := v.many
		return Value{List: &many}, nil
	case "tensor":
		t, err := v.tensor()
		return Value{Tensor: &t}, err
	}
	return Value{}, oldSpelling(v.typ)
}

// check returns the first error of the members of a scalar (whose form is one)
// or list (whose form is an array).
func (v *valueParts) check(form jsonForm) error {
	for k := range kindType {
		if k == kindByte || k == kindShort || v.form[k] == formAbsent {
			continue
		}
		switch {
		case v.form[k] != form && form == formArray:
			return &pathError{wireKindNames[k], errors.New("a single value, want an array")}
		case v.form[k] != form:
			return &pathError{wireKindNames[k], errors.New("an array, want a single value")}
		case v.errs[k] != nil:
			return &pathError{wireKindNames[k], v.errs[k]}
		}
	}
	return nil
}

// tensor reads a tensor that stands in a scalar or list.
func (r *jsonReader) tensor() (TensorValue, error) {
	var v valueParts
	if err := r.parts(&v); err != nil || r.err != nil {
		return TensorValue{}, err
	}
	return v.tensor()
}

// tensor makes a tensor of the first kind of values that is there.
func (v *valueParts) tensor() (TensorValue, error) {
	k := kindBoolean
	for k <= kindString && v.form[k] == formAbsent {
		k++
	}
	switch {
	case k > kindString:
		return TensorValue{}, errors.New("tensor without values")
	case v.errs[k] != nil:
		return TensorValue{}, &pathError{wireKindNames[k], v.errs[k]}
	case v.form[k] != formArray:
		return TensorValue{}, &pathError{wireKindNames[k], errors.New("a single value, want an array")}
	case v.form[kindShape] == formAbsent:
		return TensorValue{}, &pathError{"shape", errMissing}
	case v.errs[kindShape] != nil:
		return TensorValue{}, &pathError{"shape", v.errs[kindShape]}
	}
	t := TensorValue{Dims: v.dims}
	switch k {
	case kindBoolean:
		t.Base, t.Bools = Boolean, v.many.Bools
	case kindByte:
		t.Base, t.Ints = Byte, v.bytes
	case kindShort:
		t.Base, t.Ints = Short, v.short
	case kindInt:
		t.Base, t.Ints = Int, v.many.Ints
	case kindLong:
		t.Base, t.Longs = Long, v.many.Longs
	case kindFloat:
		t.Base, t.Floats = Float, v.many.Floats
	case kindDouble:
		t.Base, t.Doubles = Double, v.many.Doubles
	case kindByteString:
		t.Base = ByteString
		for _, b := range v.many.Bytes {
			t.Strings = append(t.Strings, string(b))
		}
	case kindString:
		t.Base = String
		for _, s := range v.many.Strings {
			t.Strings = append(t.Strings, tensorText(s))
		}
	}
	return t, nil
}

// tensorText returns what is left of a string of a tensor: MLeap passes it
// through DataOutputStream.writeBytes, which keeps the low byte of each UTF-16
// unit, and decodes that as UTF-8 (StringArraySerializer).
func tensorText(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	units := utf16.Encode([]rune(s))
	low := make([]byte, len(units))
	for i, u := range units {
		low[i] = byte(u)
	}
	return javaText(low)
}

// tensorShape reads {"dimensions":[{"size":n,"name":s}...]}; all are required.
func (r *jsonReader) tensorShape() ([]int, error) {
	r.charge(compoundCost)
	var need members
	dims := []int{}
	err := r.object(func(key []byte) error {
		if string(key) != "dimensions" {
			r.skip()
			return nil
		}
		need.see(0)
		var err error
		dims, err = compounds(r, r.tensorDimension)
		return err
	})
	if dims == nil {
		dims = []int{}
	}
	return dims, need.orMissing(err, "dimensions")
}

func (r *jsonReader) tensorDimension() (int, error) {
	r.charge(1)
	var need members
	var size int64
	err := r.object(func(key []byte) (err error) {
		switch string(key) {
		case "size":
			need.see(0)
			size, err = r.integer(32)
		case "name":
			need.see(1)
			_, err = r.text()
		default:
			r.skip()
		}
		return err
	})
	return int(size), need.orMissing(err, "size", "name")
}

// dataShape reads a data shape; base and isNullable are required.
func (r *jsonReader) dataShape() (DataShape, error) {
	r.charge(compoundCost)
	var need members
	var s DataShape
	err := r.object(func(key []byte) (err error) {
		switch string(key) {
		case "base":
			need.see(0)
			s.Kind, err = r.shapeKind()
		case "isNullable":
			need.see(1)
			s.Nullable, err = r.bool()
		case "tensorShape":
			if r.next() == 'n' {
				r.literal("null")
				s.Dims = nil
				return nil
			}
			s.Dims, err = r.tensorShape()
		default:
			r.skip()
		}
		return err
	})
	return s, need.orMissing(err, "base", "isNullable")
}

func (r *jsonReader) shapeKind() (Kind, error) {
	name, err := r.text()
	if err != nil {
		return 0, err
	}
	switch name {
	case "scalar":
		return ScalarKind, nil
	case "list":
		return ListKind, nil
	case "tensor":
		return TensorKind, nil
	}
	return 0, fmt.Errorf("%q, want scalar, list or tensor", name)
}

// members tracks which required members of an object were seen.
type members uint8

func (m *members) see(i int) { *m |= 1 << i }

// orMissing returns err, or that one of the names was not seen.
func (m members) orMissing(err error, names ...string) error {
	if err != nil {
		return err
	}
	for i, name := range names {
		if m&(1<<i) == 0 {
			return &pathError{name, errMissing}
		}
	}
	return nil
}
