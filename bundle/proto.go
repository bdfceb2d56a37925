package bundle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// maxModelDepth bounds models in attributes of models in protobuf files. In
// JSON the nesting of values bounds them.
const maxModelDepth = 100

// protoBudget counts what a protobuf file may still take of Limits.Values.
type protoBudget struct {
	values int
	depth  int
}

func (p *protoBudget) charge(n int) error {
	if p.values -= n; p.values < 0 {
		return errTooManyValues
	}
	return nil
}

// protoFields walks the fields of one message in order. A known field of
// another wire type is treated as unknown, as generated readers do.
type protoFields struct {
	data []byte
	num  protowire.Number
	typ  protowire.Type
	n    uint64 // of a varint or fixed field
	b    []byte // of a length-delimited field, part of data
	err  error
}

// next moves to the next field. After false, err says whether the message was
// malformed.
func (f *protoFields) next() bool {
	for len(f.data) > 0 && f.err == nil {
		num, typ, n := protowire.ConsumeTag(f.data)
		if n < 0 {
			f.err = protowire.ParseError(n)
			return false
		}
		f.data = f.data[n:]
		f.num, f.typ = num, typ
		var n32 uint32
		switch typ {
		case protowire.VarintType:
			f.n, n = protowire.ConsumeVarint(f.data)
		case protowire.Fixed64Type:
			f.n, n = protowire.ConsumeFixed64(f.data)
		case protowire.Fixed32Type:
			n32, n = protowire.ConsumeFixed32(f.data)
			f.n = uint64(n32)
		case protowire.BytesType:
			f.b, n = protowire.ConsumeBytes(f.data)
		default:
			n = protowire.ConsumeFieldValue(num, typ, f.data)
		}
		if n < 0 {
			f.err = fmt.Errorf("field %d: %w", num, protowire.ParseError(n))
			return false
		}
		f.data = f.data[n:]
		if typ != protowire.StartGroupType {
			return true
		}
	}
	return false
}

// is reports whether the current field is that one.
func (f *protoFields) is(num protowire.Number, typ protowire.Type) bool {
	return f.num == num && f.typ == typ
}

// text reads the current field as a string.
func (f *protoFields) text() string {
	if !utf8.Valid(f.b) {
		f.err = fmt.Errorf("field %d: string is not UTF-8", f.num)
		return ""
	}
	return string(f.b)
}

// submessage collects the bytes of a message field that may come in pieces: a
// message that is written twice is the same as its pieces put together.
type submessage struct {
	data []byte
	ok   bool
}

func (s *submessage) add(p *protoBudget, b []byte) error {
	if !s.ok {
		s.data, s.ok = b[:len(b):len(b)], true
		return nil
	}
	s.data = append(s.data, b...)
	return p.charge(1 + len(b)/8)
}

// errNoAttributesMessage is the protobuf form of errNoAttributes.
var errNoAttributesMessage = errors.New("attributes: missing (a model without attributes has an empty message there)")

// parseModelProto reads a model.pb.
func parseModelProto(data []byte, lim Limits) (Model, error) {
	p := &protoBudget{values: lim.Values}
	m, err := p.model(data)
	if err == nil && m.Attrs == nil {
		err = errNoAttributesMessage
	}
	if err != nil {
		return Model{}, err
	}
	m.cost = lim.Values - p.values
	return m, nil
}

func (p *protoBudget) model(data []byte) (m Model, err error) {
	if err := p.charge(compoundCost); err != nil {
		return m, err
	}
	if p.depth++; p.depth > maxModelDepth {
		return m, tooMuch("models nested deeper than %d", maxModelDepth)
	}
	defer func() { p.depth-- }()
	f := protoFields{data: data}
	var attrs submessage
	for f.next() {
		switch {
		case f.is(1, protowire.BytesType):
			m.Op = f.text()
		case f.is(2, protowire.BytesType):
			f.err = attrs.add(p, f.b)
		}
	}
	if f.err != nil {
		return m, f.err
	}
	if attrs.ok {
		if m.Attrs, err = p.attributes(attrs.data); err != nil {
			return m, pathTo("attributes", err)
		}
	}
	return m, nil
}

func (p *protoBudget) attributes(data []byte) (*Attrs, error) {
	values := make(map[string]Value)
	f := protoFields{data: data}
	for f.next() {
		if !f.is(1, protowire.BytesType) {
			continue
		}
		name, v, err := p.attribute(f.b)
		if err != nil {
			return nil, pathTo(name, err)
		}
		values[name] = v
	}
	return NewAttrs(values), f.err
}

// attribute reads one entry of the map of attributes.
func (p *protoBudget) attribute(data []byte) (name string, v Value, err error) {
	f := protoFields{data: data}
	var value submessage
	for f.next() {
		switch {
		case f.is(1, protowire.BytesType):
			name = f.text()
		case f.is(2, protowire.BytesType):
			f.err = value.add(p, f.b)
		}
	}
	if f.err != nil {
		return name, v, f.err
	}
	v, err = p.value(value.data)
	return name, v, err
}

// value reads a Value. One that holds nothing reads as an empty scalar.
func (p *protoBudget) value(data []byte) (v Value, err error) {
	if err := p.charge(compoundCost); err != nil {
		return v, err
	}
	f := protoFields{data: data}
	form := protowire.Number(1)
	var content submessage
	for f.next() {
		if f.typ != protowire.BytesType || f.num > 3 {
			continue
		}
		if f.num != form {
			form, content = f.num, submessage{}
		}
		f.err = content.add(p, f.b)
	}
	if f.err != nil {
		return v, f.err
	}
	switch form {
	case 2:
		v.List, err = p.list(content.data)
	case 3:
		v.Tensor = new(TensorValue)
		*v.Tensor, err = p.tensor(content.data)
	default:
		v.Scalar, err = p.scalar(content.data)
	}
	return v, err
}

// scalar reads a Scalar.
func (p *protoBudget) scalar(data []byte) (*ScalarValue, error) {
	s := new(ScalarValue)
	f := protoFields{data: data}
	var tensor, shape, model submessage
	for f.next() {
		switch {
		case f.is(1, protowire.VarintType):
			s.Bool = f.n != 0
		case f.is(2, protowire.BytesType):
			s.String = f.text()
		case f.is(3, protowire.VarintType):
			s.Int = int32(f.n)
		case f.is(4, protowire.VarintType):
			s.Long = int64(f.n)
		case f.is(5, protowire.Fixed32Type):
			s.Float = math.Float32frombits(uint32(f.n))
		case f.is(6, protowire.Fixed64Type):
			s.Double = math.Float64frombits(f.n)
		case f.is(7, protowire.BytesType):
			s.Bytes = append([]byte(nil), f.b...)
		case f.is(8, protowire.BytesType):
			f.err = tensor.add(p, f.b)
		case f.is(9, protowire.VarintType):
			s.BasicType, f.err = protoBase(f.n)
		case f.is(10, protowire.BytesType):
			f.err = shape.add(p, f.b)
		case f.is(11, protowire.BytesType):
			f.err = model.add(p, f.b)
		}
	}
	if f.err != nil {
		return nil, f.err
	}
	var err error
	if tensor.ok {
		s.Tensor = new(TensorValue)
		*s.Tensor, err = p.tensor(tensor.data)
	}
	if shape.ok && err == nil {
		s.Shape = new(DataShape)
		*s.Shape, err = p.dataShape(shape.data)
	}
	if model.ok && err == nil {
		s.Model = new(Model)
		*s.Model, err = p.model(model.data)
	}
	return s, err
}

// protoBases are the numbers of ml.bundle.BasicType.
var protoBases = map[uint64]Base{
	0: UnknownBase, 1: Boolean, 2: Byte, 3: Short, 4: Int, 5: Long, 6: Float, 7: Double, 100: String, 101: ByteString,
}

func protoBase(n uint64) (Base, error) {
	b, ok := protoBases[n]
	if !ok {
		return 0, fmt.Errorf("basic type %d, want one of 0 to 7, 100, 101", int32(n))
	}
	return b, nil
}

// dataShape reads a DataShape.
func (p *protoBudget) dataShape(data []byte) (s DataShape, err error) {
	if err := p.charge(compoundCost); err != nil {
		return s, err
	}
	f := protoFields{data: data}
	var dims submessage
	for f.next() {
		switch {
		case f.is(1, protowire.VarintType):
			if f.n > uint64(TensorKind) {
				return s, fmt.Errorf("data shape %d, want 0, 1 or 2", int32(f.n))
			}
			s.Kind = Kind(f.n)
		case f.is(2, protowire.VarintType):
			s.Nullable = f.n != 0
		case f.is(3, protowire.BytesType):
			f.err = dims.add(p, f.b)
		}
	}
	if f.err == nil && dims.ok {
		s.Dims, f.err = p.dims(dims.data)
	}
	return s, f.err
}

// dims reads a TensorShape.
func (p *protoBudget) dims(data []byte) ([]int, error) {
	dims := []int{}
	f := protoFields{data: data}
	for f.next() {
		if !f.is(1, protowire.BytesType) {
			continue
		}
		if err := p.charge(1); err != nil {
			return nil, err
		}
		d := protoFields{data: f.b}
		size := 0
		for d.next() {
			if d.is(1, protowire.VarintType) {
				size = int(int32(d.n))
			} else if d.is(2, protowire.BytesType) {
				d.text()
			}
		}
		if d.err != nil {
			return nil, d.err
		}
		dims = append(dims, size)
	}
	return dims, f.err
}

// tensor reads a Tensor.
func (p *protoBudget) tensor(data []byte) (t TensorValue, err error) {
	if err := p.charge(compoundCost); err != nil {
		return t, err
	}
	f := protoFields{data: data}
	var shape submessage
	var value []byte
	for f.next() {
		switch {
		case f.is(1, protowire.VarintType):
			t.Base, f.err = protoBase(f.n)
		case f.is(2, protowire.BytesType):
			f.err = shape.add(p, f.b)
		case f.is(3, protowire.BytesType):
			value = f.b
		}
	}
	if f.err == nil && shape.ok {
		t.Dims, f.err = p.dims(shape.data)
	}
	if f.err != nil {
		return t, f.err
	}
	return t, p.tensorValues(&t, value)
}

// tensorValues unpacks the values of a tensor, which are big-endian as Java's
// ByteBuffer writes them (ArraySerializer.scala).
func (p *protoBudget) tensorValues(t *TensorValue, b []byte) error {
	size := map[Base]int{Boolean: 1, Byte: 1, Short: 2, Int: 4, Long: 8, Float: 4, Double: 8}[t.Base]
	if size == 0 {
		return p.tensorTexts(t, b)
	}
	if len(b)%size != 0 {
		return fmt.Errorf("tensor<%s> of %d bytes, want a multiple of %d", t.Base, len(b), size)
	}
	n := len(b) / size
	if err := p.charge(n); err != nil {
		return err
	}
	switch t.Base {
	case Boolean:
		t.Bools = unpack(b, size, func(b []byte) bool { return b[0] == 1 })
	case Byte:
		t.Ints = unpack(b, size, func(b []byte) int32 { return int32(int8(b[0])) })
	case Short:
		t.Ints = unpack(b, size, func(b []byte) int32 { return int32(int16(binary.BigEndian.Uint16(b))) })
	case Int:
		t.Ints = unpack(b, size, func(b []byte) int32 { return int32(binary.BigEndian.Uint32(b)) })
	case Long:
		t.Longs = unpack(b, size, func(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) })
	case Float:
		t.Floats = unpack(b, size, func(b []byte) float32 { return math.Float32frombits(binary.BigEndian.Uint32(b)) })
	case Double:
		t.Doubles = unpack(b, size, func(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) })
	}
	return nil
}

func unpack[T any](b []byte, size int, value func([]byte) T) []T {
	if len(b) == 0 {
		return nil
	}
	out := make([]T, 0, len(b)/size)
	for ; len(b) > 0; b = b[size:] {
		out = append(out, value(b))
	}
	return out
}

// tensorTexts unpacks the strings of a tensor: length, then bytes.
func (p *protoBudget) tensorTexts(t *TensorValue, b []byte) error {
	if t.Base != String && t.Base != ByteString {
		return nil // a tensor without a base: an error where it is used
	}
	for i := 0; len(b) > 0; i++ {
		if len(b) < 4 {
			return fmt.Errorf("string %d of a tensor: %d bytes left, want a length", i, len(b))
		}
		n := binary.BigEndian.Uint32(b)
		if b = b[4:]; uint64(n) > uint64(len(b)) {
			return fmt.Errorf("string %d of a tensor: length %d, but %d bytes left", i, n, len(b))
		}
		if err := p.charge(1); err != nil {
			return err
		}
		s := string(b[:n])
		if t.Base == String {
			s = javaText(b[:n])
		}
		t.Strings = append(t.Strings, s)
		b = b[n:]
	}
	return nil
}
