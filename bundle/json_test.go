package bundle_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

var defaults = bundle.WithDefaults(bundle.Limits{})

// attribute parses a model.json with the attribute x.
func attribute(t *testing.T, value string) (bundle.Value, error) {
	t.Helper()
	m, err := bundle.ParseModelJSON([]byte(`{"op":"a","attributes":{"x":`+value+`}}`), defaults)
	if err != nil {
		return bundle.Value{}, err
	}
	v, ok := m.Attrs.Value("x")
	if !ok {
		t.Fatalf("%s: attribute is gone", value)
	}
	return v, nil
}

// The values are those of spray-json 1.3.6 with scala.math.BigDecimal on JDK 17.
func TestNumbersReadAsBigDecimalDoes(t *testing.T) {
	negZero := math.Copysign(0, -1)
	inf := math.Inf(1)
	for _, c := range []struct {
		text   string
		double float64
		float  float32
	}{
		{"-0.0", 0, 0},
		{"-0", 0, 0},
		{"0e5", 0, 0},
		{"-0e-400", 0, 0},
		{"-1e-400", negZero, float32(negZero)},
		{"1e400", inf, float32(inf)},
		{"-1e400", -inf, float32(-inf)},
		{"1e2147483647", inf, float32(inf)},
		{"1e-2147483647", 0, 0},
		{"1e00000000000005", 1e5, 1e5},
		{"1e+5", 1e5, 1e5},
		{"1.0E+10", 1e10, 1e10},
		{"0.00010", 1e-4, 1e-4},
		{"9223372036854775807", 9.223372036854775807e18, 9.223372e18},
		{"1e18", 1e18, 9.9999998e17},
		{"4.9e-324", 4.9e-324, 0},
		{"2e-324", 0, 0},
		{"3e-324", 4.9e-324, 0},
		{"0.30000000000000004", 0.30000000000000004, 0.3},
		{"16777217", 16777217, 16777216},
		{"3.4028236e38", 3.4028236e38, float32(inf)},
		{"null", math.NaN(), float32(math.NaN())},
	} {
		v, err := attribute(t, `{"double":`+c.text+`,"float":`+c.text+`}`)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if !sameDouble(v.Scalar.Double, c.double) || !sameDouble(float64(v.Scalar.Float), float64(c.float)) {
			t.Errorf("%s reads as %v and %v, want %v and %v", c.text, v.Scalar.Double, v.Scalar.Float, c.double, c.float)
		}
		l, err := attribute(t, `{"double":[`+c.text+`],"type":"list"}`)
		if err != nil || !sameDouble(l.List.Doubles[0], c.double) {
			t.Errorf("[%s] reads as %v, %v", c.text, l.List, err)
		}
	}
}

func TestNumbersThatBigDecimalRefuses(t *testing.T) {
	for _, text := range []string{
		"1e2147483648", "1.5e-2147483647", "1e9999999999", "1e99999999999", "0e9999999999",
		"01", "1.", "1e", "-", ".5", "+1", "NaN", "Infinity", "-Infinity", "0x1", "1_0", "1e+", "",
		strings.Repeat("1", 101), "0." + strings.Repeat("0", 99),
	} {
		if v, err := attribute(t, `{"double":`+text+`}`); err == nil {
			t.Errorf("%s reads as %v", text, v.Scalar.Double)
		}
		if _, err := attribute(t, `{"other":`+text+`}`); err == nil {
			t.Errorf("%s is read in an unknown member", text)
		}
	}
	if _, err := attribute(t, `{"double":`+strings.Repeat("1", 100)+`}`); err != nil {
		t.Errorf("100 characters: %v", err)
	}
}

func TestIntegersMustBeWholeAndInRange(t *testing.T) {
	for _, c := range []struct {
		text        string
		isInt, long bool
		want        int64
	}{
		{"0", true, true, 0},
		{"-0.0", true, true, 0},
		{"0e5", true, true, 0},
		{"1.0", true, true, 1},
		{"100e-2", true, true, 1},
		{"1.50e1", true, true, 15},
		{"-1e3", true, true, -1000},
		{"2147483647", true, true, 2147483647},
		{"-2147483648", true, true, -2147483648},
		{"2147483648", false, true, 2147483648},
		{"9223372036854775807", false, true, 9223372036854775807},
		{"-9223372036854775808", false, true, -9223372036854775808},
		{"-9223372036854775808.000", false, true, -9223372036854775808},
		{"9223372036854775808", false, false, 0},
		{"1e18", false, true, 1e18},
		{"1e19", false, false, 0},
		{"1e1000", false, false, 0},
		{"1.7", false, false, 0},
		{"1e-400", false, false, 0},
		{"null", false, false, 0},
		{`"1"`, false, false, 0},
	} {
		v, err := attribute(t, `{"int":`+c.text+`}`)
		if (err == nil) != c.isInt || err == nil && int64(v.Scalar.Int) != c.want {
			t.Errorf("int %s: %v, %v", c.text, v.Scalar, err)
		}
		v, err = attribute(t, `{"long":`+c.text+`}`)
		if (err == nil) != c.long || err == nil && v.Scalar.Long != c.want {
			t.Errorf("long %s: %v, %v", c.text, v.Scalar, err)
		}
	}
	_, err := attribute(t, `{"type":"tensor","byte":[1,300],"shape":{"dimensions":[]}}`)
	wantError(t, err, "attributes.x.byte[1]: 300, want a whole number of 8 bits")
	_, err = attribute(t, `{"type":"tensor","short":[32768],"shape":{"dimensions":[]}}`)
	wantError(t, err, "attributes.x.short[0]: 32768, want a whole number of 16 bits")
}

func TestNestingStopsWhereSprayJSONStops(t *testing.T) {
	nested := func(n int, inner string) []byte {
		return []byte(`{"op":"a","attributes":{},"z":` + strings.Repeat("[", n) + inner + strings.Repeat("]", n) + "}")
	}
	for _, c := range []struct {
		n     int
		inner string
		ok    bool
	}{
		{999, "", true}, {999, "1", false}, {998, "1", true}, {1000, "", false}, {1_000_000, "", false},
	} {
		_, err := bundle.ParseModelJSON(nested(c.n, c.inner), defaults)
		if (err == nil) != c.ok {
			t.Errorf("%d arrays in an object, with %q inside: %v", c.n, c.inner, err)
		}
	}
}

func TestOfMembersOfOneNameTheLastCounts(t *testing.T) {
	m, err := bundle.ParseModelJSON([]byte(`{"op":1,"attributes":{"a":{"double":true},"a":{"int":1,"int":"2","int":3}},
		"op":{"x":[]},"op":"last"}`), defaults)
	if err != nil {
		t.Fatal(err)
	}
	if m.Op != "last" || m.Attrs.Int("a") != 3 {
		t.Errorf("op %q, a %d", m.Op, m.Attrs.Int("a"))
	}
	_, err = bundle.ParseModelJSON([]byte(`{"op":"a","op":1,"attributes":{}}`), defaults)
	wantError(t, err, "op: a number, want a string")
}

func TestScalarsKeepWhatIsThere(t *testing.T) {
	got, err := attribute(t, `{"boolean":true,"int":1,"long":2,"float":1.5,"double":2.5,"string":"s","byte_string":"YQ",
		"tensor":{"int":[1,2],"shape":{"dimensions":[{"size":2,"name":"n"}]}},"basic_type":"byte_string",
		"data_shape":{"base":"tensor","isNullable":false,"tensorShape":{"dimensions":[{"size":-1,"name":""}]}},
		"model":{"op":"m","attributes":{"k":{}}},"unknown":[{}]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := bundle.Value{Scalar: &bundle.ScalarValue{
		Bool: true, Int: 1, Long: 2, Float: 1.5, Double: 2.5, String: "s", Bytes: []byte("a"),
		Tensor:    &bundle.TensorValue{Base: bundle.Int, Dims: []int{2}, Ints: []int32{1, 2}},
		BasicType: bundle.ByteString,
		Shape:     &bundle.DataShape{Kind: bundle.TensorKind, Dims: []int{-1}},
		Model:     &bundle.Model{Op: "m", Attrs: bundle.NewAttrs(map[string]bundle.Value{"k": {Scalar: &bundle.ScalarValue{}}})},
	}}
	if diff := cmp.Diff(want, got, exact); diff != "" {
		t.Error(diff)
	}
}

func TestListsOfAllKinds(t *testing.T) {
	for text, want := range map[string]bundle.ListValue{
		`"boolean":[true,false]`:                              {Bools: []bool{true, false}},
		`"int":[1,-2]`:                                        {Ints: []int32{1, -2}},
		`"long":[9007199254740993]`:                           {Longs: []int64{9007199254740993}},
		`"float":[0.1,null]`:                                  {Floats: []float32{0.1, float32(math.NaN())}},
		`"double":[0.1,null,-0.0]`:                            {Doubles: []float64{0.1, math.NaN(), 0}},
		`"string":["","a\u00e9\"\\\/\b\f\n\r\t\ud83d\ude00"]`: {Strings: []string{"", "aé\"\\/\b\f\n\r\t😀"}},
		`"byte_string":["","YWI=","YWI"]`:                     {Bytes: [][]byte{nil, []byte("ab"), []byte("ab")}},
		`"basic_type":["int","unknown"]`:                      {BasicTypes: []bundle.Base{bundle.Int, bundle.UnknownBase}},
		`"data_shape":[{"base":"list","isNullable":true,"tensorShape":null}]`: {
			Shapes: []bundle.DataShape{{Kind: bundle.ListKind, Nullable: true}}},
		`"tensor":[{"double":[1],"shape":{"dimensions":[]}}]`: {
			Tensors: []bundle.TensorValue{{Base: bundle.Double, Dims: []int{}, Doubles: []float64{1}}}},
		`"model":[{"op":"m"}]`: {Models: []bundle.Model{{Op: "m"}}},
		`"double":[]`:          {},
		`"byte":"ignored"`:     {},
	} {
		got, err := attribute(t, `{`+text+`,"type":"list"}`)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(&want, got.List, exact, equateEmpty); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestTensorsTakeTheFirstKindInMLeapsOrder(t *testing.T) {
	shape := `"shape":{"dimensions":[{"size":1,"name":""}]},"type":"tensor"}`
	for text, want := range map[string]bundle.Base{
		`{"string":["a"],"double":[1],"int":[2],`: bundle.Int,
		`{"string":["a"],"byte_string":["YQ=="],`: bundle.ByteString,
		`{"double":[1],"float":[1],`:              bundle.Float,
		`{"short":[1],"byte":[1],`:                bundle.Byte,
		`{"boolean":[true],"double":"not read",`:  bundle.Boolean,
	} {
		v, err := attribute(t, text+shape)
		if err != nil || v.Tensor.Base != want || v.Tensor.Len() != 1 {
			t.Errorf("%s: %v, %v", text, v.Tensor, err)
		}
	}
}

func TestStringsOfTensorsAreDamagedAsInMLeap(t *testing.T) {
	v, err := attribute(t, `{"type":"tensor","string":["abc","é","中"],"shape":{"dimensions":[{"size":3,"name":""}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"abc", "\ufffd", "-"}, v.Tensor.Strings); diff != "" {
		t.Error(diff)
	}
}

// The replacements are those of java.lang.String on JDK 17.
func TestMalformedUTF8IsReplacedAsInJava(t *testing.T) {
	for in, want := range map[string]string{
		"\xe4\xb8a": "\ufffda", "\xff\xfe": "\ufffd\ufffd", "\xf0\x9f\x98a": "\ufffda", "\xed\xa0\x80": "\ufffd",
		"\xc0\x80": "\ufffd\ufffd", "\xf5\x80\x80\x80": "\ufffd\ufffd\ufffd\ufffd", "\xe9": "\ufffd",
		"\xe0\x80\x80": "\ufffd\ufffd\ufffd", "\xf4\x90\x80\x80": "\ufffd\ufffd\ufffd\ufffd", "\xf0\x9f": "\ufffd",
	} {
		v, err := attribute(t, `{"string":"`+in+`"}`)
		if err != nil || v.Scalar.String != want {
			t.Errorf("%x reads as %q, want %q (%v)", in, v.Scalar.String, want, err)
		}
	}
}

func TestWhatIsNotJSONIsRefused(t *testing.T) {
	for _, text := range []string{
		"", " ", "{", "[", `{"op"`, `{"op":`, `{"op":"a"`, `{"op":"a",}`, `{"op":"a"} x`, `{"op":"a"}{}`, `{op:1}`, "\ufeff{}",
		`{"a":[1,]}`, `{"a":[1 2]}`, `{"a":tru}`, `{"a":nul}`, `{"a":"\x"}`, `{"a":"\u12"}`, "{\"a\":\"\t\"}", "{\"a\":\"\x00\"}",
		"{\"a\":\v1}", `{"a":"`, `{"a":"\`, `{'a':1}`, `{"a" 1}`, `{"a":1 "b":2}`, "{\"a\":\"\n\"}",
	} {
		_, err := bundle.ParseModelJSON([]byte(text), defaults)
		wantError(t, err, "line 1, column ")
	}
	_, err := bundle.ParseModelJSON([]byte("{\n  \"op\": \"a\",\n  \"attributes\": {]\n}"), defaults)
	wantError(t, err, `line 3, column 18: found ']', want a string`)
}

func TestAttributesThatAreNotWhatTheySay(t *testing.T) {
	for text, want := range map[string]string{
		`1`:                          "attributes.x: a number, want an object",
		`null`:                       "attributes.x: null, want an object",
		`{"double":"1"}`:             "attributes.x.double: a string, want a number",
		`{"double":[1]}`:             "attributes.x.double: an array, want a single value",
		`{"boolean":null}`:           "attributes.x.boolean: null, want a boolean",
		`{"string":null}`:            "attributes.x.string: null, want a string",
		`{"byte_string":"Y"}`:        "attributes.x.byte_string: not base64",
		`{"byte_string":"YQ="}`:      "attributes.x.byte_string: not base64",
		`{"byte_string":"YQ\n=="}`:   "attributes.x.byte_string: not base64",
		`{"byte_string":"-_-_"}`:     "attributes.x.byte_string: not base64",
		`{"basic_type":"integer"}`:   `attributes.x.basic_type: "integer", want a basic type`,
		`{"type":"list","double":1}`: "attributes.x.double: a single value, want an array",
		`{"type":"list","double":[1,{"a":[2]},3]}`:                            "attributes.x.double[1]: an object, want a number",
		`{"type":"list","string":["a",null]}`:                                 "attributes.x.string[1]: null, want a string",
		`{"type":"list","long":[1,2.5]}`:                                      "attributes.x.long[1]: 2.5, want a whole number of 64 bits",
		`{"type":"double","value":1}`:                                         `attributes.x.type: "double", want list, tensor or none`,
		`{"type":null}`:                                                       "attributes.x.type: null, want a string",
		`{"type":"tensor","double":[1]}`:                                      "attributes.x.shape: missing",
		`{"type":"tensor","shape":{"dimensions":[]}}`:                         "attributes.x: tensor without values",
		`{"type":"tensor","double":[1],"shape":{}}`:                           "attributes.x.shape.dimensions: missing",
		`{"type":"tensor","double":[1],"shape":{"dimensions":[{"size":1}]}}`:  "shape.dimensions[0].name: missing",
		`{"type":"tensor","double":[1],"shape":{"dimensions":[{"name":""}]}}`: "shape.dimensions[0].size: missing",
		`{"data_shape":{"base":"scalar"}}`:                                    "data_shape.isNullable: missing",
		`{"data_shape":{"isNullable":true}}`:                                  "data_shape.base: missing",
		`{"data_shape":{"base":"map","isNullable":true}}`:                     `data_shape.base: "map", want scalar, list or tensor`,
		`{"model":{"attributes":{}}}`:                                         "attributes.x.model.op: missing",
	} {
		_, err := attribute(t, text)
		if err == nil || !contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}

func TestModelWithoutAttributesIsRefused(t *testing.T) {
	for _, text := range []string{`{"op":"a"}`, `{"op":"a","attributes":null}`} {
		_, err := bundle.ParseModelJSON([]byte(text), defaults)
		wantError(t, err, "attributes: missing")
	}
	_, err := bundle.ParseModelJSON([]byte(`{"attributes":{}}`), defaults)
	wantError(t, err, "op: missing")
}

func TestNodeFilesNeedAllMembers(t *testing.T) {
	for text, want := range map[string]string{
		`{"shape":{"inputs":[],"outputs":[]}}`:                               "name: missing",
		`{"name":"a"}`:                                                       "shape: missing",
		`{"name":"a","shape":{"inputs":[]}}`:                                 "shape.outputs: missing",
		`{"name":"a","shape":{"outputs":[]}}`:                                "shape.inputs: missing",
		`{"name":"a","shape":{"inputs":[{"port":"p"}],"outputs":[]}}`:        "shape.inputs[0].name: missing",
		`{"name":"a","shape":{"inputs":[],"outputs":[{"name":"p"}]}}`:        "shape.outputs[0].port: missing",
		`{"name":"a","shape":{"inputs":{},"outputs":[]}}`:                    "shape.inputs: an object, want an array",
		`{"name":7,"shape":{"inputs":[],"outputs":[]}}`:                      "name: a number, want a string",
		`{"name":"a","shape":{"inputs":[],"outputs":[]}} trailing`:           "want the end",
		`{"name":"a","shape":null,"shape":{"inputs":[],"outputs":["port"]}}`: "shape.outputs[0]: a string, want an object",
	} {
		_, err := bundle.ParseNodeJSON([]byte(text), defaults)
		wantError(t, err, want)
	}
}

func TestBundleJSONIsChecked(t *testing.T) {
	fields := map[string]string{
		"uid": `"593452bf-4977-4085-86f3-357466a878e2"`, "name": `"n"`, "format": `"json"`, "version": `"0.8"`, "timestamp": `"any text"`,
	}
	text := func(name, value string) []byte {
		var out []string
		for k, v := range fields {
			if k == name {
				v = value
			}
			if v != "" {
				out = append(out, fmt.Sprintf("%q:%s", k, v))
			}
		}
		return []byte("{" + strings.Join(out, ",") + "}")
	}
	for name := range fields {
		_, err := bundle.ParseInfo(text(name, ""), defaults)
		wantError(t, err, name+": missing")
		_, err = bundle.ParseInfo(text(name, "1"), defaults)
		wantError(t, err, name+": a number, want a string")
	}
	for _, format := range []string{"mixed", "JSON", "proto", ""} {
		_, err := bundle.ParseInfo(text("format", fmt.Sprintf("%q", format)), defaults)
		wantError(t, err, fmt.Sprintf("format: %q, want json or protobuf", format))
	}
	// As java.util.UUID.fromString on JDK 17.
	for uid, ok := range map[string]bool{
		"1-1-1-1-1": true, "+1-1-1-1-1": true, "7fffffffffffffff-1-1-1-1": true, "ffffffffffffffff-1-1-1-1": false,
		"593452bf497740858": false, "--1-1-1": false, "1-1-1-1-1-1": false, "": false, "593452BF-4977-4085-86F3-357466A878E2": true,
		"0593452bf-4977-4085-86f3-357466a878e2": false, "g-1-1-1-1": false,
	} {
		if _, err := bundle.ParseInfo(text("uid", fmt.Sprintf("%q", uid)), defaults); (err == nil) != ok {
			t.Errorf("uid %q: %v", uid, err)
		}
	}
}

func TestHugeVectorReadsWhole(t *testing.T) {
	x := make([]float64, 50_000)
	for i := range x {
		x[i] = math.Sqrt(float64(i)) * 1e-3
	}
	attrs := bundle.NewAttrs(map[string]bundle.Value{"v": bundletest.Vector(x...)})
	for name, parse := range map[string]func() (bundle.Model, error){
		"json": func() (bundle.Model, error) { return bundle.ParseModelJSON(bundletest.ModelJSON("a", attrs), defaults) },
		"protobuf": func() (bundle.Model, error) {
			return bundle.ParseModelProto(bundletest.ModelProto("a", attrs), defaults)
		},
	} {
		m, err := parse()
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Attrs.Tensor("v").Doubles; !slices.Equal(x, got) {
			t.Errorf("%s: %d values that differ from the %d written", name, len(got), len(x))
		}
	}
}
