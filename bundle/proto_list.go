package bundle

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// list reads a List. Numbers may come packed or one by one.
func (p *protoBudget) list(data []byte) (*ListValue, error) {
	l := new(ListValue)
	f := protoFields{data: data}
	for f.next() {
		var err error
		switch f.num {
		case 1:
			l.Bools, err = packed(p, &f, l.Bools, protowire.VarintType, func(n uint64) bool { return n != 0 })
		case 3:
			l.Ints, err = packed(p, &f, l.Ints, protowire.VarintType, func(n uint64) int32 { return int32(n) })
		case 4:
			l.Longs, err = packed(p, &f, l.Longs, protowire.VarintType, func(n uint64) int64 { return int64(n) })
		case 5:
			l.Floats, err = packed(p, &f, l.Floats, protowire.Fixed32Type, func(n uint64) float32 { return math.Float32frombits(uint32(n)) })
		case 6:
			l.Doubles, err = packed(p, &f, l.Doubles, protowire.Fixed64Type, math.Float64frombits)
		case 9:
			err = p.basicTypes(&f, l)
		default:
			if f.typ == protowire.BytesType {
				err = p.listItem(&f, l)
			}
		}
		if f.err == nil && err != nil {
			f.err = err
		}
	}
	return l, f.err
}

// listItem reads one element of a list of strings or messages.
func (p *protoBudget) listItem(f *protoFields, l *ListValue) (err error) {
	if err := p.charge(1); err != nil {
		return err
	}
	switch f.num {
	case 2:
		l.Strings = append(l.Strings, f.text())
	case 7:
		l.Bytes = append(l.Bytes, append([]byte(nil), f.b...))
	case 8:
		var t TensorValue
		t, err = p.tensor(f.b)
		l.Tensors = append(l.Tensors, t)
	case 10:
		var s DataShape
		s, err = p.dataShape(f.b)
		l.Shapes = append(l.Shapes, s)
	case 11:
		var m Model
		m, err = p.model(f.b)
		l.Models = append(l.Models, m)
	}
	return err
}

func (p *protoBudget) basicTypes(f *protoFields, l *ListValue) error {
	numbers, err := packed(p, f, nil, protowire.VarintType, func(n uint64) uint64 { return n })
	for _, n := range numbers {
		b, berr := protoBase(n)
		if berr != nil {
			return berr
		}
		l.BasicTypes = append(l.BasicTypes, b)
	}
	return err
}

// packed appends the numbers of the current field: one of that wire type, or a
// packed run of them.
func packed[T any](p *protoBudget, f *protoFields, out []T, typ protowire.Type, value func(uint64) T) ([]T, error) {
	if f.typ == typ {
		return append(out, value(f.n)), p.charge(1)
	}
	if f.typ != protowire.BytesType {
		return out, nil
	}
	b := f.b
	count := 0
	switch typ {
	case protowire.Fixed32Type:
		count = len(b) / 4
	case protowire.Fixed64Type:
		count = len(b) / 8
	default:
		for _, c := range b {
			count += int(^c >> 7)
		}
	}
	if err := p.charge(count); err != nil {
		return nil, err
	}
	if out == nil && count > 0 {
		out = make([]T, 0, count)
	}
	for len(b) > 0 {
		var u uint64
		var u32 uint32
		var n int
		switch typ {
		case protowire.Fixed32Type:
			u32, n = protowire.ConsumeFixed32(b)
			u = uint64(u32)
		case protowire.Fixed64Type:
			u, n = protowire.ConsumeFixed64(b)
		default:
			u, n = protowire.ConsumeVarint(b)
		}
		if n < 0 {
			return nil, pathTo("packed numbers", protowire.ParseError(n))
		}
		out = append(out, value(u))
		b = b[n:]
	}
	return out, nil
}

// parseNodeProto reads a node.pb.
func parseNodeProto(data []byte, lim Limits) (nodeFile, error) {
	p := &protoBudget{values: lim.Values}
	var n nodeFile
	f := protoFields{data: data}
	var shape submessage
	for f.next() {
		switch {
		case f.is(1, protowire.BytesType):
			n.Name = f.text()
		case f.is(2, protowire.BytesType):
			f.err = shape.add(p, f.b)
		}
	}
	if f.err == nil && !shape.ok {
		f.err = pathTo("shape", errMissing)
	}
	if f.err != nil {
		return nodeFile{}, f.err
	}
	s := protoFields{data: shape.data}
	for s.next() {
		switch {
		case s.is(1, protowire.BytesType):
			n.Inputs, s.err = p.appendSocket(n.Inputs, s.b)
		case s.is(2, protowire.BytesType):
			n.Outputs, s.err = p.appendSocket(n.Outputs, s.b)
		}
	}
	if s.err != nil {
		return nodeFile{}, pathTo("shape", s.err)
	}
	return n, nil
}

func (p *protoBudget) appendSocket(list []Socket, data []byte) ([]Socket, error) {
	if err := p.charge(compoundCost); err != nil {
		return nil, err
	}
	var s Socket
	f := protoFields{data: data}
	for f.next() {
		switch {
		case f.is(1, protowire.BytesType):
			s.Port = f.text()
		case f.is(2, protowire.BytesType):
			s.Name = f.text()
		}
	}
	return append(list, s), f.err
}
