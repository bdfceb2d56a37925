package bundletest

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"leapscore/bundle"
)

// message appends fields to a protobuf message; defaults are left out.
type message []byte

func (m *message) varint(num protowire.Number, x uint64) {
	if x != 0 {
		*m = protowire.AppendVarint(protowire.AppendTag(*m, num, protowire.VarintType), x)
	}
}

func (m *message) bool(num protowire.Number, x bool) { m.varint(num, protowire.EncodeBool(x)) }

func (m *message) float(num protowire.Number, x float32) {
	if math.Float32bits(x) != 0 {
		*m = protowire.AppendFixed32(protowire.AppendTag(*m, num, protowire.Fixed32Type), math.Float32bits(x))
	}
}

func (m *message) double(num protowire.Number, x float64) {
	if math.Float64bits(x) != 0 {
		*m = protowire.AppendFixed64(protowire.AppendTag(*m, num, protowire.Fixed64Type), math.Float64bits(x))
	}
}

func (m *message) text(num protowire.Number, s string) {
	if s != "" {
		m.message(num, []byte(s))
	}
}

// message appends a field of bytes, even if they are none.
func (m *message) message(num protowire.Number, b []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, num, protowire.BytesType), b)
}

// packed appends a packed field of numbers.
func packed[T any](m *message, num protowire.Number, list []T, add func([]byte, T) []byte) {
	if len(list) == 0 {
		return
	}
	var b []byte
	for _, x := range list {
		b = add(b, x)
	}
	m.message(num, b)
}

func varint64(b []byte, x int64) []byte         { return protowire.AppendVarint(b, uint64(x)) }
func varint32(b []byte, x int32) []byte         { return protowire.AppendVarint(b, uint64(int64(x))) }
func fixed64(b []byte, x float64) []byte        { return protowire.AppendFixed64(b, math.Float64bits(x)) }
func fixed32(b []byte, x float32) []byte        { return protowire.AppendFixed32(b, math.Float32bits(x)) }
func varintBool(b []byte, x bool) []byte        { return protowire.AppendVarint(b, protowire.EncodeBool(x)) }
func varintBase(b []byte, x bundle.Base) []byte { return protowire.AppendVarint(b, baseNumber(x)) }

// baseNumber is the number of a base in ml.bundle.BasicType.
func baseNumber(b bundle.Base) uint64 {
	switch b {
	case bundle.String:
		return 100
	case bundle.ByteString:
		return 101
	}
	return uint64(b)
}

// ModelProto returns a model.pb.
func ModelProto(op string, attrs *bundle.Attrs) []byte {
	var m message
	m.text(1, op)
	if attrs != nil {
		var list message
		for _, name := range attrs.Names() {
			v, _ := attrs.Value(name)
			var entry message
			entry.text(1, name)
			entry.message(2, valueProto(v))
			list.message(1, entry)
		}
		m.message(2, list)
	}
	return m
}

// NodeProto returns a node.pb.
func NodeProto(name string, in, out []bundle.Socket) []byte {
	var shape, m message
	for num, sockets := range [][]bundle.Socket{in, out} {
		for _, s := range sockets {
			var x message
			x.text(1, s.Port)
			x.text(2, s.Name)
			shape.message(protowire.Number(num+1), x)
		}
	}
	m.text(1, name)
	m.message(2, shape)
	return m
}

func valueProto(v bundle.Value) message {
	var m message
	switch {
	case v.List != nil:
		m.message(2, listProto(v.List))
	case v.Tensor != nil:
		m.message(3, tensorProto(*v.Tensor))
	case v.Scalar != nil:
		m.message(1, scalarProto(v.Scalar))
	}
	return m
}

func scalarProto(s *bundle.ScalarValue) message {
	var m message
	m.bool(1, s.Bool)
	m.text(2, s.String)
	m.varint(3, uint64(int64(s.Int)))
	m.varint(4, uint64(s.Long))
	m.float(5, s.Float)
	m.double(6, s.Double)
	m.text(7, string(s.Bytes))
	if s.Tensor != nil {
		m.message(8, tensorProto(*s.Tensor))
	}
	m.varint(9, baseNumber(s.BasicType))
	if s.Shape != nil {
		m.message(10, shapeProto(*s.Shape))
	}
	if s.Model != nil {
		m.message(11, ModelProto(s.Model.Op, s.Model.Attrs))
	}
	return m
}

func listProto(l *bundle.ListValue) message {
	var m message
	packed(&m, 1, l.Bools, varintBool)
	for _, s := range l.Strings {
		m.message(2, []byte(s))
	}
	packed(&m, 3, l.Ints, varint32)
	packed(&m, 4, l.Longs, varint64)
	packed(&m, 5, l.Floats, fixed32)
	packed(&m, 6, l.Doubles, fixed64)
	for _, b := range l.Bytes {
		m.message(7, b)
	}
	for _, t := range l.Tensors {
		m.message(8, tensorProto(t))
	}
	packed(&m, 9, l.BasicTypes, varintBase)
	for _, s := range l.Shapes {
		m.message(10, shapeProto(s))
	}
	for _, x := range l.Models {
		m.message(11, ModelProto(x.Op, x.Attrs))
	}
	return m
}

func shapeProto(s bundle.DataShape) message {
	var m message
	m.varint(1, uint64(s.Kind))
	m.bool(2, s.Nullable)
	if s.Dims != nil {
		m.message(3, dimsProto(s.Dims))
	}
	return m
}

func dimsProto(dims []int) message {
	var m message
	for _, n := range dims {
		var d message
		d.varint(1, uint64(int64(n)))
		m.message(1, d)
	}
	return m
}

func tensorProto(t bundle.TensorValue) message {
	var m message
	m.varint(1, baseNumber(t.Base))
	if t.Dims != nil {
		m.message(2, dimsProto(t.Dims))
	}
	m.text(3, string(tensorBytes(t)))
	return m
}

// tensorBytes packs the values of a tensor, big-endian.
func tensorBytes(t bundle.TensorValue) []byte {
	var b []byte
	for _, x := range t.Bools {
		b = append(b, byte(protowire.EncodeBool(x)))
	}
	for _, x := range t.Ints {
		switch t.Base {
		case bundle.Byte:
			b = append(b, byte(x))
		case bundle.Short:
			b = binary.BigEndian.AppendUint16(b, uint16(x))
		default:
			b = binary.BigEndian.AppendUint32(b, uint32(x))
		}
	}
	for _, x := range t.Longs {
		b = binary.BigEndian.AppendUint64(b, uint64(x))
	}
	for _, x := range t.Floats {
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(x))
	}
	for _, x := range t.Doubles {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(x))
	}
	for _, s := range t.Strings {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	return b
}
