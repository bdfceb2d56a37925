package absent

import (
	"testing"

	"leapscore/bundle"
)

func TestDefaultsAreReadAsTheInputsType(t *testing.T) {
	for _, tt := range []struct {
		typ        bundle.Type
		text, want string
	}{
		{bundle.Scalar(bundle.Double), "1.5", "1.5"},
		{bundle.Scalar(bundle.Double), "-1e-300", "-1e-300"},
		{bundle.Scalar(bundle.Double), "NaN", "NaN"},
		{bundle.Scalar(bundle.Float), "0.1", "0.1"},
		{bundle.Scalar(bundle.Float), "-Inf", "-Inf"},
		{bundle.Scalar(bundle.Double), "", "null"},
		{bundle.Scalar(bundle.Int), "-7", "-7"},
		{bundle.Scalar(bundle.Long), "9007199254740993", "9007199254740993"},
		{bundle.Scalar(bundle.Boolean), "true", "true"},
		{bundle.Scalar(bundle.String), "1", "1"},
		{bundle.Scalar(bundle.String), "", ""},
		{bundle.Tensor(bundle.Double), "[1,2.5]", "[1 2.5]"},
		{bundle.List(bundle.String), `["a","b"]`, `["a" "b"]`},
	} {
		v, err := valueOf(tt.text, tt.typ)
		if err != nil || v.String() != tt.want {
			t.Errorf("%s as %s: %v, %v, want %s", tt.text, tt.typ, v, err, tt.want)
		}
	}
}

func TestDefaultsThatAreNotOfTheInputsTypeAreRefused(t *testing.T) {
	for _, tt := range []struct {
		typ        bundle.Type
		text, want string
	}{
		{bundle.Scalar(bundle.Double), "x", "is no double; want a number, such as 1.5"},
		{bundle.Scalar(bundle.Double), "1, 2", "is no double; want a number, such as 1.5"},
		{bundle.Scalar(bundle.Double), "[1]", "is no double; want a number, such as 1.5"},
		{bundle.Scalar(bundle.Double), "1e999", "is no double; want a number, such as 1.5"},
		{bundle.Scalar(bundle.Float), "1e39", "is no float; want a number, such as 1.5"},
		{bundle.Scalar(bundle.Int), "3000000000", "is no int; want a whole number, such as 1"},
		{bundle.Scalar(bundle.Int), "1.5", "is no int; want a whole number, such as 1"},
		{bundle.Scalar(bundle.Boolean), "yes", "is no boolean; want true or false"},
		{bundle.List(bundle.Int), "[1,2.5]", "is no list<int>; want a list, such as [1,2]"},
		{bundle.Tensor(bundle.Double), "[1,null]", "is no list<double>; want a list, such as [1,2]"},
		{bundle.Tensor(bundle.Double), "[1", "is no list<double>; want a list, such as [1,2]"},
		{bundle.Tensor(bundle.Double), "1", "is no list<double>; want a list, such as [1,2]"},
		{bundle.List(bundle.String), `["a",null]`, `is no list<string>; want a list, such as ["a","b"]`},
		{bundle.List(bundle.String), "[1]", `is no list<string>; want a list, such as ["a","b"]`},
	} {
		if v, err := valueOf(tt.text, tt.typ); err == nil || err.Error() != tt.want {
			t.Errorf("%s as %s: %v, error %v, want %s", tt.text, tt.typ, v, err, tt.want)
		}
	}
}
