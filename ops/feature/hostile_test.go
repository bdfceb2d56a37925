package feature_test

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/builtin"
	"leapscore/ops/column"
	"leapscore/ops/opstest"
	"leapscore/ops/opstest/casefile"
)

// TestHostileModelsNeitherPanicNorBreakBatches replaces each number of each
// model of the case files by values that no trainer writes, and cuts and
// doubles its lists. A model that still loads must evaluate any batch to
// columns of its length.
func TestHostileModelsNeitherPanicNorBreakBatches(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no case files", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			c, err := casefile.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range c.Models {
				var doc any
				if json.Unmarshal(m.Files["model.json"], &doc) != nil {
					continue
				}
				mutants(doc, func() {
					text, err := json.Marshal(doc)
					if err != nil {
						t.Fatal(err)
					}
					hostile := *m
					hostile.Files = maps.Clone(m.Files)
					hostile.Files["model.json"] = text
					if k := loadMutant(&hostile); k != nil {
						evalMutant(t, string(text), k)
					}
				})
			}
		})
	}
}

// mutants changes doc in every way, one at a time, and calls try for each.
func mutants(doc any, try func()) {
	var walk func(v any, set func(any))
	walk = func(v any, set func(any)) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(v[key], func(x any) { v[key] = x })
			}
		case []any:
			// The first few elements stand for all.
			for i := range min(len(v), 3) {
				walk(v[i], func(x any) { v[i] = x })
			}
			for _, other := range []any{[]any{}, v[:len(v)/2], append(slices.Clone(v), v...)} {
				set(other)
				try()
			}
			set(v)
		case float64:
			for _, other := range []any{0, 1, -1, 2, math.MaxInt32, math.MinInt32, 1 << 40, 1e308, nil} {
				set(other)
				try()
			}
			set(v)
		}
	}
	walk(doc, func(any) {})
}

func loadMutant(m *casefile.Model) ops.Kernel {
	b, err := bundle.OpenFS(opstest.Files(m), bundle.Limits{})
	if err != nil {
		return nil
	}
	op, ok := builtin.Registry().Lookup(b.Root.Model.Op)
	if !ok {
		return nil
	}
	wired := map[string]bool{}
	for _, s := range slices.Concat(b.Root.Inputs, b.Root.Outputs) {
		wired[s.Port] = true
	}
	k, err := op.Load(&ops.Node{Attrs: b.Root.Model.Attrs, Files: b.Root.Model.Files, Wired: func(p string) bool { return wired[p] }})
	if err != nil {
		return nil
	}
	return k
}

// evalMutant evaluates a batch of values at the edges, if k takes numbers and
// vectors alone.
func evalMutant(t *testing.T, model string, k ops.Kernel) {
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: panic: %v", model, p)
		}
	}()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	const rows = 24
	random := rand.New(rand.NewPCG(1, 2))
	var in []arrow.Array
	defer func() {
		for _, arr := range in {
			arr.Release()
		}
	}()
	for _, p := range k.Inputs() {
		switch {
		case p.Type.IsVector():
			in = append(in, edgeVectors(mem, random, p.Type, rows))
		case p.Type.Kind == bundle.ScalarKind && p.Type.Base == bundle.Double:
			in = append(in, edgeDoubles(mem, random, rows))
		default:
			return
		}
	}
	out, err := k.Eval(&ops.Batch{Mem: mem, Len: rows}, in)
	if err != nil {
		t.Errorf("%s: %v", model, err)
	}
	for _, arr := range out {
		if arr != nil {
			if arr.Len() != rows {
				t.Errorf("%s: %d rows, want %d", model, arr.Len(), rows)
			}
			arr.Release()
		}
	}
}

var edgeNumbers = []float64{0, math.Copysign(0, -1), 1, -1, 2, 0.5, 3, math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, math.MaxFloat64, 1e10, -7.5}

func edgeNumber(random *rand.Rand) float64 { return edgeNumbers[random.IntN(len(edgeNumbers))] }

func edgeDoubles(mem memory.Allocator, random *rand.Rand, rows int) arrow.Array {
	b := array.NewFloat64Builder(mem)
	defer b.Release()
	for range rows {
		if random.IntN(8) == 0 {
			b.AppendNull()
		} else {
			b.Append(edgeNumber(random))
		}
	}
	return b.NewArray()
}

// edgeVectors returns vectors of the declared size, as far as that is
// reasonable, and of others.
func edgeVectors(mem memory.Allocator, random *rand.Rand, t bundle.Type, rows int) arrow.Array {
	declared := 3
	if len(t.Dims) > 0 && t.Dims[0] >= 0 && t.Dims[0] < 100 {
		declared = t.Dims[0]
	}
	b := column.NewVectorBuilder(mem, rows, declared)
	for range rows {
		size := declared
		switch random.IntN(6) {
		case 0:
			b.AppendNull()
			continue
		case 1:
			size = random.IntN(7)
		case 2:
			size = max(0, declared-1+random.IntN(3))
		}
		var indices []int32
		var values []float64
		sparse := random.IntN(2) == 0
		for i := range size {
			if !sparse || random.IntN(2) == 0 {
				indices, values = append(indices, int32(i)), append(values, edgeNumber(random))
			}
		}
		if sparse {
			b.AppendSparse(size, indices, values)
		} else {
			b.AppendDense(values)
		}
	}
	return b.Array()
}
