package main

import (
	"testing"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
)

func TestTheQueryOfAModelCanBePasted(t *testing.T) {
	double := bundle.Type{Kind: bundle.ScalarKind, Base: bundle.Double}
	for _, c := range []struct {
		inputs []string
		want   string
	}{
		{nil, "SELECT *\nFROM 'table.parquet'"},
		{[]string{"a", `b"c`}, "SELECT * REPLACE (\n  CAST(\"a\" AS DOUBLE) AS \"a\",\n  CAST(\"b\"\"c\" AS DOUBLE) AS \"b\"\"c\"\n)\nFROM 'table.parquet'"},
		{[]string{"a", "b\nc"}, "SELECT * REPLACE (\n  -- \"b\\nc\" is read as it is\n  CAST(\"a\" AS DOUBLE) AS \"a\"\n)\nFROM 'table.parquet'"},
		{[]string{"b\nc"}, "SELECT *\n  -- \"b\\nc\" is read as it is\nFROM 'table.parquet'"},
	} {
		m := &pipeline.Model{}
		for _, name := range c.inputs {
			m.Inputs = append(m.Inputs, bundle.Field{Name: name, Type: double})
		}
		if got := skeleton(m); got != c.want {
			t.Errorf("the query for inputs %q is\n%s\nwant\n%s", c.inputs, got, c.want)
		}
	}
}
