package bundletest

import (
	"encoding/base64"
	"fmt"
	"math"

	"leapscore/bundle"
)

// ModelJSON returns a model.json.
func ModelJSON(op string, attrs *bundle.Attrs) []byte { return indent(modelJSON(op, attrs)) }

// NodeJSON returns a node.json.
func NodeJSON(name string, in, out []bundle.Socket) []byte {
	return indent(map[string]any{
		"name":  name,
		"shape": map[string]any{"inputs": each(in, socketJSON), "outputs": each(out, socketJSON)},
	})
}

func socketJSON(s bundle.Socket) any { return map[string]any{"port": s.Port, "name": s.Name} }

func modelJSON(op string, attrs *bundle.Attrs) map[string]any {
	m := map[string]any{"op": op}
	if attrs != nil {
		a := map[string]any{}
		for _, name := range attrs.Names() {
			v, _ := attrs.Value(name)
			a[name] = valueJSON(v)
		}
		m["attributes"] = a
	}
	return m
}

// valueJSON follows JsonSupport.scala of bundle-ml.
func valueJSON(v bundle.Value) any {
	switch {
	case v.List != nil:
		m := listJSON(v.List)
		m["type"] = "list"
		return m
	case v.Tensor != nil:
		m := tensorJSON(*v.Tensor)
		m["type"] = "tensor"
		return m
	case v.Scalar != nil:
		return scalarJSON(v.Scalar)
	}
	return map[string]any{}
}

func scalarJSON(s *bundle.ScalarValue) map[string]any {
	m := map[string]any{}
	set := func(key string, present bool, v any) {
		if present {
			m[key] = v
		}
	}
	set("boolean", s.Bool, s.Bool)
	set("int", s.Int != 0, s.Int)
	set("long", s.Long != 0, s.Long)
	set("float", s.Float != 0, floatJSON(s.Float))
	set("double", s.Double != 0, doubleJSON(s.Double))
	set("string", s.String != "", s.String)
	set("byte_string", len(s.Bytes) > 0, bytesJSON(s.Bytes))
	set("basic_type", s.BasicType != bundle.UnknownBase, s.BasicType.String())
	if s.Tensor != nil {
		m["tensor"] = tensorJSON(*s.Tensor)
	}
	if s.Shape != nil {
		m["data_shape"] = shapeJSON(*s.Shape)
	}
	if s.Model != nil {
		m["model"] = modelJSON(s.Model.Op, s.Model.Attrs)
	}
	return m
}

func listJSON(l *bundle.ListValue) map[string]any {
	m := map[string]any{}
	put(m, "boolean", l.Bools, asIs)
	put(m, "int", l.Ints, asIs)
	put(m, "long", l.Longs, asIs)
	put(m, "float", l.Floats, floatJSON)
	put(m, "double", l.Doubles, doubleJSON)
	put(m, "string", l.Strings, asIs)
	put(m, "byte_string", l.Bytes, bytesJSON)
	put(m, "tensor", l.Tensors, func(t bundle.TensorValue) any { return tensorJSON(t) })
	put(m, "basic_type", l.BasicTypes, func(b bundle.Base) any { return b.String() })
	put(m, "data_shape", l.Shapes, shapeJSON)
	put(m, "model", l.Models, func(x bundle.Model) any { return modelJSON(x.Op, x.Attrs) })
	return m
}

func tensorJSON(t bundle.TensorValue) map[string]any {
	if t.Dims == nil {
		panic("bundletest: JSON has no tensor without a shape")
	}
	m := map[string]any{"shape": dimsJSON(t.Dims)}
	key := t.Base.String()
	switch t.Base {
	case bundle.Boolean:
		m[key] = each(t.Bools, asIs)
	case bundle.Byte, bundle.Short, bundle.Int:
		m[key] = each(t.Ints, asIs)
	case bundle.Long:
		m[key] = each(t.Longs, asIs)
	case bundle.Float:
		m[key] = each(t.Floats, floatJSON)
	case bundle.Double:
		m[key] = each(t.Doubles, doubleJSON)
	case bundle.String:
		m[key] = each(t.Strings, latin1)
	case bundle.ByteString:
		m[key] = each(t.Strings, func(s string) any { return bytesJSON([]byte(s)) })
	default:
		panic(fmt.Sprintf("bundletest: JSON has no tensor of %v", t.Base))
	}
	return m
}

// latin1 turns each byte of s into a character, which is what the reader of
// tensors turns back.
func latin1(s string) any {
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

func dimsJSON(dims []int) any {
	return map[string]any{"dimensions": each(dims, func(n int) any { return map[string]any{"size": n, "name": ""} })}
}

func shapeJSON(s bundle.DataShape) any {
	m := map[string]any{
		"base":       [...]string{"scalar", "list", "tensor"}[s.Kind],
		"isNullable": s.Nullable,
	}
	if s.Dims != nil {
		m["tensorShape"] = dimsJSON(s.Dims)
	}
	return m
}

func doubleJSON(x float64) any {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return x
}

func floatJSON(x float32) any {
	if x != x || math.IsInf(float64(x), 0) {
		return nil
	}
	return x
}

func bytesJSON(b []byte) any { return base64.StdEncoding.EncodeToString(b) }

func asIs[T any](x T) any { return x }

func each[T any](list []T, f func(T) any) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

func put[T any](m map[string]any, key string, list []T, f func(T) any) {
	if len(list) > 0 {
		m[key] = each(list, f)
	}
}
