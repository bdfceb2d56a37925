package main

import (
	"math"
	"testing"

	"leapscore/benchmarks/peers/oracle/jvm"
	"leapscore/ops/opstest/casefile"
)

func TestCodesThatDependOnTheRow(t *testing.T) {
	vector := casefile.Type{Kind: casefile.Tensor, Base: casefile.Double, Dims: []int{2}}
	m := &casefile.Model{In: []casefile.Column{{Name: "v", Type: vector}}}
	array := func(xs ...casefile.Value) casefile.Value { return &casefile.Array{Dims: []int{len(xs)}, Values: xs} }
	match := &jvm.Exception{Class: "scala.MatchError", Message: "null"}
	requirement := &jvm.Exception{Class: "java.lang.IllegalArgumentException", Message: "requirement failed"}
	for _, tt := range []struct {
		err  *jvm.Exception
		in   casefile.Value
		want string
	}{
		{match, nil, "null"},
		{match, array(1.0, 2.0), "invalid_value"},
		{requirement, array(1.0, 2.0, 3.0), "size_mismatch"},
		{requirement, array(1.0, math.NaN()), "nan"},
		{requirement, array(1.0, 2.0), "invalid_value"},
	} {
		if got := code(tt.err, m, []casefile.Value{tt.in}); got != tt.want {
			t.Errorf("%v for %v: code %q, want %q", tt.err, tt.in, got, tt.want)
		}
	}
}

func TestRowsMarkedHandKeepTheirOutcome(t *testing.T) {
	c, err := casefile.Parse([]byte("-- model.json --\n{}\n-- rows --\nx:int => y:int\n1 => 5  # hand: for a reason\n2 => 5\n3  # hand, but unknown\n"))
	if err != nil {
		t.Fatal(err)
	}
	m := c.Models[0]
	said := 0
	f := &filler{say: func(string, ...any) { said++ }}
	for i := range m.Rows {
		f.setOutcome(1, i, m, jvm.Outcome{Values: []casefile.Value{int64(7)}}, []int{0})
	}
	for i, want := range []int64{5, 7, 7} {
		if got := m.Rows[i].Out[0]; got != want {
			t.Errorf("row %d has %v, want %d", i, got, want)
		}
	}
	if said != 1 {
		t.Errorf("%d messages, want one about row 0", said)
	}
}

func TestHeaderNamesItsSourceOnce(t *testing.T) {
	v := jvm.Version{MLeap: "0.25.2", Java: "17.0.15", BLAS: "Java11BLAS"}
	want := "Written by benchmarks/peers/oracle/fill from MLeap 0.25.2, JDK 17.0.15, Java11BLAS.\nA note.\n"
	if got := header(header("A note.\n", jvm.Version{MLeap: "0.1"}), v); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
