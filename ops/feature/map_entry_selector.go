package feature

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// MapEntrySelector looks a key up in a map.
var MapEntrySelector = &ops.Op{
	Name: "map_entry_selector",
	Doc:  "Returns the value of a key in a map, or a default.",
	Attrs: []string{
		"key_type: basic_type, which must be string",
		"value_type: basic_type, of the map's values: boolean, byte, short, int, long, float, double or string",
		"default_value: of value_type, for keys that the map does not have",
	},
	Ports:  []string{"in input: map<string, value_type>", "in key: string, never null", "out output: value_type"},
	Source: "MapEntrySelectorModel.scala, MapEntrySelectorOp.scala",
	Load:   loadMapEntrySelector,
}

type mapEntrySelector struct {
	value bundle.Base
	// pick makes the output of the items at the given positions, -1 for the
	// default.
	pick func(b *ops.Batch, items arrow.Array, at []int) (arrow.Array, error)
}

func loadMapEntrySelector(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	if key := a.BasicType("key_type"); key != bundle.String {
		a.Failf("key_type", "%s, want string", key)
	}
	k := &mapEntrySelector{value: a.BasicType("value_type")}
	const name = "default_value"
	switch k.value {
	case bundle.Boolean:
		k.pick = pickBools(a.Bool(name))
	case bundle.Byte:
		k.pick = pickFixed(column.NewBytes, (*array.Int8).Value, int8(a.Int(name)))
	case bundle.Short:
		k.pick = pickFixed(column.NewShorts, (*array.Int16).Value, int16(a.Int(name)))
	case bundle.Int:
		k.pick = pickFixed(column.NewInts, (*array.Int32).Value, a.Int(name))
	case bundle.Long:
		k.pick = pickFixed(column.NewLongs, (*array.Int64).Value, a.Long(name))
	case bundle.Float:
		k.pick = pickFixed(column.NewFloats, (*array.Float32).Value, a.Float(name))
	case bundle.Double:
		k.pick = pickFixed(column.NewDoubles, (*array.Float64).Value, a.Double(name))
	case bundle.String:
		k.pick = pickStrings(a.String(name))
	default:
		a.Failf("value_type", "%s, want a number, boolean or string", k.value)
	}
	return k, a.Err()
}

func (k *mapEntrySelector) Inputs() []ops.Port {
	return []ops.Port{
		{Name: "input", Type: bundle.Map(bundle.String, k.value)},
		{Name: "key", Type: bundle.Scalar(bundle.String).NonNull()},
	}
}

func (k *mapEntrySelector) Outputs() []ops.Port {
	t := bundle.Scalar(k.value)
	t.Nullable = k.value == bundle.String
	return port("output", t)
}

func (k *mapEntrySelector) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	m, key := in[0].(*array.Map), column.ViewStrings(in[1])
	names := column.ViewStrings(m.Keys())
	at := make([]int, b.Len)
	for row := range at {
		at[row] = -1
		switch {
		case m.IsNull(row):
			b.Reject(row, 0, ops.Null, "null map")
		case !key.IsNull(row):
			wanted := key.Value(row)
			lo, hi := m.ValueOffsets(row)
			// From the end: of equal keys the last counts.
			for i := int(hi) - 1; i >= int(lo); i-- {
				if names.Value(i) == wanted {
					at[row] = i
					break
				}
			}
		}
	}
	return one(k.pick(b, m.Items(), at))
}

func pickFixed[T column.Fixed, A arrow.Array](newOut func(memory.Allocator, int) *column.Out[T], value func(A, int) T, def T) func(*ops.Batch, arrow.Array, []int) (arrow.Array, error) {
	return func(b *ops.Batch, items arrow.Array, at []int) (arrow.Array, error) {
		out := newOut(b.Mem, len(at))
		for row, i := range at {
			switch {
			case i < 0:
				out.Values[row] = def
			case items.IsNull(i):
				out.SetNull(row)
			default:
				out.Values[row] = value(items.(A), i)
			}
		}
		return out.Array(), nil
	}
}

func pickBools(def bool) func(*ops.Batch, arrow.Array, []int) (arrow.Array, error) {
	return func(b *ops.Batch, items arrow.Array, at []int) (arrow.Array, error) {
		out := array.NewBooleanBuilder(b.Mem)
		defer out.Release()
		out.Reserve(len(at))
		for _, i := range at {
			switch {
			case i < 0:
				out.Append(def)
			case items.IsNull(i):
				out.AppendNull()
			default:
				out.Append(items.(*array.Boolean).Value(i))
			}
		}
		return out.NewArray(), nil
	}
}

func pickStrings(def string) func(*ops.Batch, arrow.Array, []int) (arrow.Array, error) {
	return func(b *ops.Batch, items arrow.Array, at []int) (arrow.Array, error) {
		texts := column.ViewStrings(items)
		out := column.NewStringBuilder(b.Mem, len(at), 16*len(at))
		for _, i := range at {
			switch {
			case i < 0:
				out.Append(def)
			case texts.IsNull(i):
				out.AppendNull()
			default:
				out.Append(texts.Value(i))
			}
		}
		return out.Array()
	}
}
