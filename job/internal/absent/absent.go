// Package absent reads the values that inputs of a model have where a table lacks
// their columns.
package absent

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/arrow/scalar"

	"leapscore/bundle"
	"leapscore/internal/arrays"
	"leapscore/internal/fault"
	"leapscore/internal/similar"
	"leapscore/ops/column"
	"leapscore/sources"
)

// Defaults returns the columns that stand for inputs that a table lacks, by the
// inputs' names. columns has the source's names of inputs where they differ.
func Defaults(values map[string]string, inputs []bundle.Field, columns map[string]string) ([]sources.Default, error) {
	var list []sources.Default
	of := map[string]string{} // input, by column
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := slices.IndexFunc(inputs, func(f bundle.Field) bool { return f.Name == name })
		if at < 0 {
			return nil, fault.Usage(fmt.Errorf("--input-default %s: the model has no input %q; it has %s", name, name, namesOf(inputs)))
		}
		v, err := valueOf(values[name], inputs[at].Type)
		if err != nil {
			return nil, fault.Usage(fmt.Errorf("--input-default %s=%s: %w", name, values[name], err))
		}
		column := name
		if c, ok := columns[name]; ok {
			column = c
		}
		if other, ok := of[column]; ok && values[other] != values[name] {
			return nil, fault.Usage(fmt.Errorf("--input-default %s=%s and %s=%s: --map reads both inputs from the column %q, which has one value",
				other, values[other], name, values[name], column))
		}
		of[column] = name
		list = append(list, sources.Default{Name: column, Value: v})
	}
	return list, nil
}

// Doubts says which defaults are used though another column may be meant: there is one
// of a similar name, or --map names one that is not there.
func Doubts(defaults []sources.Default, schema *arrow.Schema, columns map[string]string) (doubts []string) {
	for _, d := range defaults {
		if schema.HasField(d.Name) {
			continue
		}
		value := fmt.Sprintf("all rows have the value of --input-default, %s", d.Value)
		for input, c := range columns {
			if c == d.Name && input != c {
				doubts = append(doubts, fmt.Sprintf("--map %s=%s names a column that is not there: %s", input, c, value))
			}
		}
		if near := similar.Names(d.Name, arrays.FieldNames(schema)); len(near) > 0 {
			doubts = append(doubts, fmt.Sprintf("there is no column %s, but %s: %s", d.Name, similar.List(near), value))
		}
	}
	slices.Sort(doubts)
	return doubts
}

func namesOf(inputs []bundle.Field) string {
	names := make([]string, len(inputs))
	for i, f := range inputs {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

// valueOf reads a value. Strings are what they are, lists are JSON, and nothing is
// null, but for strings.
func valueOf(text string, t bundle.Type) (scalar.Scalar, error) {
	if t.Kind == bundle.MapKind {
		return nil, errors.New("an input that is a map has no default; make the column in the query")
	}
	if t.Kind == bundle.TensorKind {
		t = bundle.List(t.Base)
	}
	t = t.NonNull()
	dt := column.ArrowType(t)
	if text == "" && dt.ID() != arrow.STRING {
		return scalar.MakeNullScalar(dt), nil
	}
	var v scalar.Scalar
	var err error
	if list, ok := dt.(*arrow.ListType); ok {
		v, err = listOf(list.Elem(), text)
	} else {
		v, err = scalarOf(dt, text)
	}
	if err != nil {
		return nil, fmt.Errorf("is no %s; want %s", t, example(dt))
	}
	return v, nil
}

// scalarOf is stricter than package scalar, which lets numbers overflow.
func scalarOf(dt arrow.DataType, text string) (scalar.Scalar, error) {
	var err error
	switch width, _ := dt.(arrow.FixedWidthDataType); {
	case dt.ID() == arrow.BOOL && text != "true" && text != "false":
		err = errors.New("is neither true nor false")
	case arrow.IsInteger(dt.ID()):
		_, err = strconv.ParseInt(text, 10, width.BitWidth())
	case arrow.IsFloating(dt.ID()):
		_, err = strconv.ParseFloat(text, width.BitWidth())
	}
	if err != nil {
		return nil, err
	}
	return scalar.ParseScalar(dt, text)
}

// listOf reads a JSON array.
func listOf(elem arrow.DataType, text string) (scalar.Scalar, error) {
	var items []json.RawMessage
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		return nil, err
	}
	values := array.NewBuilder(memory.DefaultAllocator, elem)
	defer values.Release()
	for _, item := range items {
		word := string(item)
		if elem.ID() == arrow.STRING && word[0] == '"' {
			if err := json.Unmarshal(item, &word); err != nil {
				return nil, err
			}
		} else if elem.ID() == arrow.STRING {
			return nil, errors.New("is no string")
		}
		v, err := scalarOf(elem, word)
		if err != nil {
			return nil, err
		}
		if err := scalar.Append(values, v); err != nil {
			return nil, err
		}
	}
	return scalar.NewListScalar(values.NewArray()), nil
}

// example is a value of the type.
func example(dt arrow.DataType) string {
	switch {
	case dt.ID() == arrow.BOOL:
		return "true or false"
	case arrow.IsInteger(dt.ID()):
		return "a whole number, such as 1"
	case arrow.IsFloating(dt.ID()):
		return "a number, such as 1.5"
	case dt.ID() == arrow.LIST && dt.(*arrow.ListType).Elem().ID() == arrow.STRING:
		return `a list, such as ["a","b"]`
	case dt.ID() == arrow.LIST:
		return "a list, such as [1,2]"
	}
	return "JSON of one"
}
