package bundle_test

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// field appends a length-delimited field.
func field(num protowire.Number, content ...[]byte) []byte {
	var all []byte
	for _, c := range content {
		all = append(all, c...)
	}
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), all)
}

func varintField(num protowire.Number, x uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), x)
}

func fixed64Field(num protowire.Number, x float64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(nil, num, protowire.Fixed64Type), math.Float64bits(x))
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// protoAttribute parses a model.pb whose attribute x has the given pieces of a
// Value.
func protoAttribute(t *testing.T, value ...[]byte) (bundle.Value, error) {
	t.Helper()
	data := join(field(1, []byte("op")), field(2, field(1, field(1, []byte("x")), field(2, value...))))
	m, err := bundle.ParseModelProto(data, defaults)
	if err != nil {
		return bundle.Value{}, err
	}
	v, ok := m.Attrs.Value("x")
	if !ok {
		t.Fatal("attribute is gone")
	}
	return v, nil
}

func TestProtobufKeepsBitsThatJSONLoses(t *testing.T) {
	x := []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1), 0, 5e-324}
	attrs := bundle.NewAttrs(map[string]bundle.Value{
		"list": bundletest.Doubles(x...), "tensor": bundletest.Vector(x...), "negative zero": bundletest.Double(x[3]),
		"inf": bundletest.Double(x[0]), "float": bundletest.Float(float32(x[1])), "zero": bundletest.Double(0),
	})
	m, err := bundle.ParseModelProto(bundletest.ModelProto("op", attrs), defaults)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(attrs, m.Attrs, exact); diff != "" {
		t.Error(diff)
	}
	if !math.Signbit(m.Attrs.Double("negative zero")) || math.Signbit(m.Attrs.Double("zero")) {
		t.Error("sign of zero is lost")
	}
	m, err = bundle.ParseModelJSON(bundletest.ModelJSON("op", attrs), defaults)
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	if diff := cmp.Diff([]float64{nan, nan, nan, 0, 0, 5e-324}, m.Attrs.Tensor("tensor").Doubles, exact); diff != "" {
		t.Errorf("through JSON: %s", diff)
	}
}

func TestTensorsAreBigEndian(t *testing.T) {
	shape := field(2, field(1, varintField(1, 1)))
	for _, c := range []struct {
		base  uint64
		bytes string
		want  bundle.TensorValue
	}{
		{1, "\x01", bundle.TensorValue{Base: bundle.Boolean, Bools: []bool{true}}},
		{1, "\x02", bundle.TensorValue{Base: bundle.Boolean, Bools: []bool{false}}},
		{2, "\xff", bundle.TensorValue{Base: bundle.Byte, Ints: []int32{-1}}},
		{3, "\x01\x02", bundle.TensorValue{Base: bundle.Short, Ints: []int32{258}}},
		{4, "\x80\x00\x00\x00", bundle.TensorValue{Base: bundle.Int, Ints: []int32{math.MinInt32}}},
		{5, "\x00\x00\x00\x00\x00\x00\x00\x03", bundle.TensorValue{Base: bundle.Long, Longs: []int64{3}}},
		{6, "\x3f\x00\x00\x00", bundle.TensorValue{Base: bundle.Float, Floats: []float32{0.5}}},
		{7, "\x3f\xe0\x00\x00\x00\x00\x00\x00", bundle.TensorValue{Base: bundle.Double, Doubles: []float64{0.5}}},
		{100, "\x00\x00\x00\x02\xc3\xa9", bundle.TensorValue{Base: bundle.String, Strings: []string{"é"}}},
		{100, "\x00\x00\x00\x01\xe9", bundle.TensorValue{Base: bundle.String, Strings: []string{"\ufffd"}}},
		{101, "\x00\x00\x00\x01\xe9", bundle.TensorValue{Base: bundle.ByteString, Strings: []string{"\xe9"}}},
	} {
		v, err := protoAttribute(t, field(3, varintField(1, c.base), shape, field(3, []byte(c.bytes))))
		if err != nil {
			t.Errorf("%x: %v", c.bytes, err)
			continue
		}
		c.want.Dims = []int{1}
		if diff := cmp.Diff(&c.want, v.Tensor); diff != "" {
			t.Errorf("%x: %s", c.bytes, diff)
		}
	}
}

func TestMalformedTensorsAreRefused(t *testing.T) {
	for want, tensor := range map[string][]byte{
		"attributes.x: tensor<double> of 7 bytes, want a multiple of 8":           join(varintField(1, 7), field(3, make([]byte, 7))),
		"attributes.x: tensor<short> of 1 bytes":                                  join(varintField(1, 3), field(3, make([]byte, 1))),
		"attributes.x: string 0 of a tensor: length 4294967295, but 1 bytes left": join(varintField(1, 100), field(3, []byte("\xff\xff\xff\xffa"))),
		"attributes.x: string 1 of a tensor: 2 bytes left, want a length":         join(varintField(1, 101), field(3, []byte("\x00\x00\x00\x00ab"))),
		"attributes.x: basic type 55, want one of":                                varintField(1, 55),
		"attributes.x: field 3: unexpected EOF":                                   protowire.AppendVarint(protowire.AppendTag(nil, 3, protowire.BytesType), 4<<30),
	} {
		_, err := protoAttribute(t, field(3, tensor))
		wantError(t, err, want)
	}
}

func TestFieldsInPiecesArePutTogether(t *testing.T) {
	// A message field that is written twice is merged, as are lists.
	v, err := protoAttribute(t, field(2, field(6, make([]byte, 8))), field(2, fixed64Field(6, 2)), field(2, field(2, []byte("s"))))
	if err != nil {
		t.Fatal(err)
	}
	want := bundle.Value{List: &bundle.ListValue{Doubles: []float64{0, 2}, Strings: []string{"s"}}}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Error(diff)
	}
	// The last member of a oneof counts, and starts empty.
	v, err = protoAttribute(t, field(1, varintField(4, 7)), field(2), field(1, varintField(3, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bundle.Value{Scalar: &bundle.ScalarValue{Int: 1}}, v); diff != "" {
		t.Error(diff)
	}
	// Single fields: the last counts. Sub-messages of scalars are merged.
	shape := func(fields ...[]byte) []byte { return field(1, field(10, fields...)) }
	v, err = protoAttribute(t, shape(varintField(1, 1)), shape(varintField(2, 1), varintField(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&bundle.DataShape{Kind: bundle.TensorKind, Nullable: true}, v.Scalar.Shape); diff != "" {
		t.Error(diff)
	}
}

func TestNumbersComePackedOrSingle(t *testing.T) {
	minusOne := protowire.AppendVarint(nil, math.MaxUint64)
	v, err := protoAttribute(t, field(2,
		field(1, []byte{1, 0, 2}), varintField(1, 1),
		field(3, []byte{5}, minusOne), varintField(3, math.MaxUint64), varintField(3, 1<<32+4),
		field(4, minusOne, []byte{3}),
		field(9, []byte{1, 101}), varintField(9, 7),
	))
	if err != nil {
		t.Fatal(err)
	}
	want := bundle.Value{List: &bundle.ListValue{
		Bools: []bool{true, false, true, true}, Ints: []int32{5, -1, -1, 4}, Longs: []int64{-1, 3},
		BasicTypes: []bundle.Base{bundle.Boolean, bundle.ByteString, bundle.Double},
	}}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownFieldsAreIgnored(t *testing.T) {
	group := join(protowire.AppendTag(nil, 90, protowire.StartGroupType), varintField(1, 2), protowire.AppendTag(nil, 90, protowire.EndGroupType))
	v, err := protoAttribute(t, field(77, []byte("x")), field(1, varintField(78, 1), group, fixed64Field(3, 1), field(6, []byte("wrong type")), varintField(3, 9)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bundle.Value{Scalar: &bundle.ScalarValue{Int: 9}}, v); diff != "" {
		t.Error(diff)
	}
}

func TestAttributesMayBeEmptyButNotAbsentInProtobuf(t *testing.T) {
	m, err := bundle.ParseModelProto(join(field(1, []byte("op")), field(2)), defaults)
	if err != nil || m.Op != "op" || len(m.Attrs.Names()) != 0 {
		t.Errorf("%v, %v", m, err)
	}
	_, err = bundle.ParseModelProto(field(1, []byte("op")), defaults)
	wantError(t, err, "attributes: missing")
	_, err = bundle.ParseNodeProto(field(1, []byte("name")), defaults)
	wantError(t, err, "shape: missing")
	v, err := protoAttribute(t)
	if err != nil || v.Scalar == nil {
		t.Errorf("empty value: %v, %v", v, err)
	}
}

func TestMalformedProtobufIsRefused(t *testing.T) {
	deep := field(2)
	for range 101 {
		deep = field(2, field(1, field(2, field(1, field(11, deep)))))
	}
	for name, data := range map[string][]byte{
		"string is not UTF-8":            join(field(1, []byte("\xff")), field(2)),
		"field 2: unexpected EOF":        {0x12, 0xff, 0xff, 0xff, 0xff, 0x0f},
		"variable length integer":        {0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
		"invalid field number":           {0x02, 0x00},
		"mismatching end group marker":   protowire.AppendTag(nil, 3, protowire.EndGroupType),
		"models nested deeper than 100":  deep,
		"data shape 3, want 0, 1 or 2":   field(2, field(1, field(2, field(1, field(10, varintField(1, 3)))))),
		"basic type -1, want one of":     field(2, field(1, field(2, field(2, field(9, protowire.AppendVarint(nil, math.MaxUint64)))))),
		"packed numbers: unexpected EOF": field(2, field(1, field(2, field(2, field(6, []byte{1, 2, 3}))))),
	} {
		_, err := bundle.ParseModelProto(data, defaults)
		wantError(t, err, name)
	}
	_, err := bundle.ParseNodeProto(field(2, field(1, field(1, []byte("\xff")))), defaults)
	wantError(t, err, "shape: field 1: string is not UTF-8")
}

func TestValuesAreCountedInBothFormats(t *testing.T) {
	lim := defaults
	lim.Values = 100
	for name, v := range map[string]bundle.Value{
		"doubles": bundletest.Doubles(make([]float64, 200)...),
		"bools":   bundletest.Bools(make([]bool, 200)...),
		"strings": bundletest.Strings(strings.Split(strings.Repeat(",", 200), ",")...),
		"vector":  bundletest.Vector(make([]float64, 200)...),
		"shapes":  bundletest.Shapes(make([]bundle.DataShape, 20)...),
		"tensors": bundletest.Tensors(make([]bundle.TensorValue, 20)...),
		"models":  {List: &bundle.ListValue{Models: make([]bundle.Model, 20)}},
	} {
		if v.List != nil {
			for i := range v.List.Tensors {
				v.List.Tensors[i] = bundle.TensorValue{Base: bundle.Double, Dims: []int{0}}
			}
		}
		attrs := bundle.NewAttrs(map[string]bundle.Value{"x": v})
		_, err := bundle.ParseModelJSON(bundletest.ModelJSON("op", attrs), lim)
		wantError(t, err, "too many values")
		_, err = bundle.ParseModelProto(bundletest.ModelProto("op", attrs), lim)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		wantError(t, err, "too many values")
	}
}

// bigEndian is the length prefix of tree messages.
func bigEndian(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
