package jvm

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"leapscore/ops/opstest/casefile"
)

func typeOf(t *testing.T, s string) casefile.Type {
	t.Helper()
	typ, err := casefile.ParseType(s)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

func TestValuesSurviveTheWire(t *testing.T) {
	for _, tt := range []struct{ typ, text string }{
		{"double", "-0"}, {"double", "NaN"}, {"double", "-Infinity"}, {"double", "5e-324"}, {"double", "null"},
		{"float", "0.1"}, {"long", "-9223372036854775808"}, {"boolean", "true"}, {"byte_string", `0x"00ff"`},
		{"string", `"\ud83d\"\\\n\u00a0é😀"`}, {"list<double>", "[1 null NaN]"}, {"list<string>", `[]`},
		{"tensor<double>", "[-0 1.5]"}, {"tensor<double>", "(5 4:2 1:-0)"}, {"tensor<double>", "[2x2: 1 2 3 4]"}, {"tensor<double>", "(3)"},
		{"tensor<float>", "(2x3 1,2:0.1)"}, {"tensor<string>", `["a" null]`}, {"tensor<int>", "[: 7]"},
		{"map<string,double>", `{"a":-0 "b":null}`}, {"map<int,string>", `{1:"x"}`},
	} {
		typ := typeOf(t, tt.typ)
		v, err := casefile.ParseValue(tt.text, typ)
		if err != nil {
			t.Fatal(err)
		}
		wire := appendValue(nil, v, typ)
		if !json.Valid(wire) {
			t.Errorf("%s %s: not JSON: %s", tt.typ, tt.text, wire)
		}
		got, err := decodeValue(wire, typ)
		if err != nil || !casefile.Equal(got, v) {
			t.Errorf("%s %s: comes back as %v, error %v, wire %s", tt.typ, tt.text, got, err, wire)
		}
	}
}

func TestAnswerIsDecodedRowByRow(t *testing.T) {
	line := `{"id":3,"inputs":[{"name":"x","type":"double","nullable":false}],"columns":[{"name":"y","type":"double","nullable":true}],` +
		`"rows":[["3ff0000000000000"],{"drop":true},{"error":{"class":"java.lang.NullPointerException","message":"m"}},[null]]}`
	r, err := decodeResult(3, []byte(line), 4)
	if err != nil {
		t.Fatal(err)
	}
	if v := r.Rows[0].Values; len(v) != 1 || v[0] != 1.0 {
		t.Errorf("row 0 is %v, want 1", v)
	}
	if !r.Rows[1].Drop || r.Rows[1].Err != nil {
		t.Errorf("row 1 is %v, want a drop", r.Rows[1])
	}
	if e := r.Rows[2].Err; e == nil || e.Code() != "null" || e.Message != "m" {
		t.Errorf("row 2 has error %v", e)
	}
	if v := r.Rows[3].Values; len(v) != 1 || v[0] != nil {
		t.Errorf("row 3 is %v, want a null", v)
	}
	if r.Inputs[0].Nullable || !r.Columns[0].Nullable {
		t.Error("nullability is lost")
	}
	for _, tt := range []struct {
		id, rows int
		want     string
	}{{4, 4, "answer 3, want 4"}, {3, 5, "4 rows, want 5"}} {
		if _, err := decodeResult(tt.id, []byte(line), tt.rows); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
}

func TestRequestCarriesBits(t *testing.T) {
	q := Request{Bundle: "b", Columns: []casefile.Column{{Name: "x", Type: typeOf(t, "double")}}, Rows: [][]casefile.Value{{math.Copysign(0, -1)}, {nil}}, Reload: true}
	got, err := encodeRequest(7, q)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":7,"bundle":"b","columns":[["x","double"]],"mode":"reload","rows":[["8000000000000000"],[null]]}` + "\n"
	if string(got) != want {
		t.Errorf("got %swant %s", got, want)
	}
	q.Rows = append(q.Rows, []casefile.Value{1.0, 2.0})
	if _, err := encodeRequest(8, q); err == nil {
		t.Error("a row of two values for one column is accepted")
	}
}

func TestCodesOfExceptions(t *testing.T) {
	for _, tt := range []struct{ class, message, want string }{
		{"java.lang.NullPointerException", "trying to cast null to non-nullable value", "null"},
		{"scala.MatchError", "null", "null"},
		{"java.lang.RuntimeException", "Bucketizer encountered NaN value. To handle", "nan"},
		{"java.lang.RuntimeException", "Feature value 1.0E9 out of Bucketizer bounds [-4.0, 4.0]", "out_of_range"},
		{"java.util.NoSuchElementException", "Unseen label: x", "unseen_label"},
		{"java.lang.NumberFormatException", `For input string: "abc"`, "cast"},
		{"java.lang.IllegalArgumentException", "requirement failed: BLAS.dot(x: Vector, y:Vector) was given Vectors with non-matching sizes: x.size = 2, y.size = 1", "size_mismatch"},
		{"java.lang.IllegalArgumentException", "requirement failed", "invalid_value"},
		{"java.lang.RuntimeException", "something else", UnknownCode},
	} {
		e := Exception{tt.class, tt.message}
		if got := e.Code(); got != tt.want {
			t.Errorf("%v: code %q, want %q", &e, got, tt.want)
		}
	}
}
