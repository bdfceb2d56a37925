package main

import (
	"bytes"
	"strings"
	"testing"

	"leapscore/ops/opstest/casefile"
)

func edged(t *testing.T, text string) *casefile.Case {
	t.Helper()
	c, err := casefile.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.Models {
		addEdges(m)
	}
	return c
}

const model = `-- model.json --
{"op":"x","attributes":{"mode":{"string":"keep"},"labels":{"type":"list","string":["café"]},"at":{"double":12.5}}}
-- rows --
`

func TestEdgesAreReadBackAndAddedOnce(t *testing.T) {
	text := model + "a:double | b:float | c:byte | d:boolean | e:byte_string => y:double\n" +
		model + "v:tensor<double>[2,3] | w:tensor<int>[2] | l:list<string> | m:map<string,long> => y:double\n"
	once := casefile.Format(edged(t, text))
	twice := casefile.Format(edged(t, string(once)))
	if !bytes.Equal(once, twice) {
		t.Errorf("a second call changes the rows:\n%s\n---\n%s", once, twice)
	}
}

func TestEdgesSurroundTheValuesOfTheModel(t *testing.T) {
	rows := string(casefile.Format(edged(t, model+"x:double | s:string => y:double\n")))
	for _, want := range []string{"\n12.5 |", "\n12.499999999999998 |", "\n12.500000000000002 |", "\nNaN |", "\n-0 |", "\nnull |", `| "café"`, `| "CAFÉ"`, "| null"} {
		if !strings.Contains(rows, want) {
			t.Errorf("no row with %q", want)
		}
	}
	if strings.Contains(rows, `| "keep"`) {
		t.Error(`the mode "keep" is taken for data`)
	}
}

func TestEdgesOfTensorsHaveBothForms(t *testing.T) {
	c := edged(t, model+"v:tensor<double>[4] => y:double\n")
	dense, sparse, other := 0, 0, 0
	for _, r := range c.Models[0].Rows {
		a, ok := r.In[0].(*casefile.Array)
		switch {
		case !ok:
		case a.Dims[0] != 4:
			other++
		case a.Sparse:
			sparse++
		default:
			dense++
		}
	}
	if dense < 10 || sparse < 10 || other < 3 {
		t.Errorf("%d dense, %d sparse, %d of another size", dense, sparse, other)
	}
}
