package log

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
)

// Struct is the type of a table, or of a column of structs.
type Struct struct {
	Type   string  `json:"type"`
	Fields []Field `json:"fields"`
}

// Field is a column. Type is the name of a simple type, or a Struct, an Array
// or a Map, as a pointer.
type Field struct {
	Name     string         `json:"name"`
	Type     any            `json:"type"`
	Nullable bool           `json:"nullable"`
	Metadata map[string]any `json:"metadata"`
}

// Array is the type of lists.
type Array struct {
	Type         string `json:"type"`
	Element      any    `json:"elementType"`
	ContainsNull bool   `json:"containsNull"`
}

// Map is the type of maps.
type Map struct {
	Type         string `json:"type"`
	Key          any    `json:"keyType"`
	Value        any    `json:"valueType"`
	ContainsNull bool   `json:"valueContainsNull"`
}

// ParseSchema reads a schema string.
func ParseSchema(text string) (*Struct, error) {
	t, err := parseType(json.RawMessage(text))
	if err != nil {
		return nil, fmt.Errorf("schema of the table: %w", err)
	}
	s, ok := t.(*Struct)
	if !ok {
		return nil, fmt.Errorf("schema of the table: %v, want a struct", t)
	}
	return s, nil
}

func parseType(raw json.RawMessage) (any, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		var name string
		return name, json.Unmarshal(raw, &name)
	}
	var t struct {
		Type   string `json:"type"`
		Fields []struct {
			Name     string          `json:"name"`
			Type     json.RawMessage `json:"type"`
			Nullable bool            `json:"nullable"`
			Metadata map[string]any  `json:"metadata"`
		} `json:"fields"`
		Element   json.RawMessage `json:"elementType"`
		Contains  bool            `json:"containsNull"`
		Key       json.RawMessage `json:"keyType"`
		Value     json.RawMessage `json:"valueType"`
		ValueNull bool            `json:"valueContainsNull"`
		Class     string          `json:"class"`
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	switch t.Type {
	case "struct":
		s := &Struct{Type: t.Type}
		for _, f := range t.Fields {
			ft, err := parseType(f.Type)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			s.Fields = append(s.Fields, Field{f.Name, ft, f.Nullable, f.Metadata})
		}
		return s, nil
	case "array":
		e, err := parseType(t.Element)
		return &Array{t.Type, e, t.Contains}, err
	case "map":
		k, err := parseType(t.Key)
		if err != nil {
			return nil, err
		}
		v, err := parseType(t.Value)
		return &Map{t.Type, k, v, t.ValueNull}, err
	}
	return nil, fmt.Errorf("type %q %s is not known", t.Type, t.Class)
}

// String is the schema string.
func (s *Struct) String() string {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // text, numbers and booleans
	}
	return strings.TrimSpace(buf.String())
}

// Show writes a type as SQL does.
func Show(t any) string {
	switch t := t.(type) {
	case *Struct:
		var fields []string
		for _, f := range t.Fields {
			fields = append(fields, f.Name+": "+Show(f.Type))
		}
		return "struct<" + strings.Join(fields, ", ") + ">"
	case *Array:
		return "array<" + Show(t.Element) + ">"
	case *Map:
		return "map<" + Show(t.Key) + ", " + Show(t.Value) + ">"
	}
	return fmt.Sprint(t)
}

// Schema returns the type of a table with the columns of s, whose types are
// those that TypeOf knows.
func Schema(s *arrow.Schema) (*Struct, error) {
	return structOf(s.Fields())
}

func structOf(fields []arrow.Field) (*Struct, error) {
	s := &Struct{Type: "struct", Fields: []Field{}}
	for _, f := range fields {
		t, err := TypeOf(f.Type)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		s.Fields = append(s.Fields, Field{Name: f.Name, Type: t, Nullable: f.Nullable, Metadata: map[string]any{}})
	}
	return s, nil
}

// simple are the types without parameters.
var simple = map[arrow.Type]string{
	arrow.BOOL: "boolean", arrow.INT8: "byte", arrow.INT16: "short", arrow.INT32: "integer", arrow.INT64: "long",
	arrow.FLOAT32: "float", arrow.FLOAT64: "double", arrow.STRING: "string", arrow.LARGE_STRING: "string",
	arrow.BINARY: "binary", arrow.LARGE_BINARY: "binary", arrow.FIXED_SIZE_BINARY: "binary",
	arrow.DATE32: "date", arrow.DATE64: "date",
}

// TypeOf returns the type of a column whose file holds t.
func TypeOf(t arrow.DataType) (any, error) {
	if ext, ok := t.(arrow.ExtensionType); ok {
		t = ext.StorageType()
	}
	if name, ok := simple[t.ID()]; ok {
		return name, nil
	}
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return TypeOf(t.ValueType)
	case *arrow.Decimal128Type:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale), nil
	case *arrow.TimestampType:
		if t.Unit != arrow.Microsecond {
			break
		}
		if t.TimeZone == "" {
			return "timestamp_ntz", nil
		}
		return "timestamp", nil
	case *arrow.StructType:
		return structOf(t.Fields())
	case *arrow.MapType:
		k, err := TypeOf(t.KeyType())
		if err != nil {
			return nil, err
		}
		v, err := TypeOf(t.ItemType())
		return &Map{"map", k, v, t.ItemField().Nullable}, err
	case arrow.ListLikeType:
		e, err := TypeOf(t.Elem())
		return &Array{"array", e, t.ElemField().Nullable}, err
	}
	return nil, fmt.Errorf("%s has no type in Delta tables; cast it in --sql", t)
}

// HasNTZ reports whether a local timestamp is in t.
func HasNTZ(t any) bool {
	switch t := t.(type) {
	case *Struct:
		for _, f := range t.Fields {
			if HasNTZ(f.Type) {
				return true
			}
		}
	case *Array:
		return HasNTZ(t.Element)
	case *Map:
		return HasNTZ(t.Key) || HasNTZ(t.Value)
	}
	return t == "timestamp_ntz"
}

// Same reports whether two types are the same but for what may be null.
func Same(a, b any) bool {
	switch a := a.(type) {
	case *Struct:
		b, ok := b.(*Struct)
		if !ok || len(a.Fields) != len(b.Fields) {
			return false
		}
		for i, f := range a.Fields {
			if f.Name != b.Fields[i].Name || !Same(f.Type, b.Fields[i].Type) {
				return false
			}
		}
		return true
	case *Array:
		b, ok := b.(*Array)
		return ok && Same(a.Element, b.Element)
	case *Map:
		b, ok := b.(*Map)
		return ok && Same(a.Key, b.Key) && Same(a.Value, b.Value)
	}
	return a == b
}
