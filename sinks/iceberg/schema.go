package iceberg

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/iceberg-go"

	"leapscore/sinks"
)

var primitive = map[arrow.Type]iceberg.Type{
	arrow.BOOL: iceberg.PrimitiveTypes.Bool, arrow.INT32: iceberg.PrimitiveTypes.Int32, arrow.INT64: iceberg.PrimitiveTypes.Int64,
	arrow.FLOAT32: iceberg.PrimitiveTypes.Float32, arrow.FLOAT64: iceberg.PrimitiveTypes.Float64,
	arrow.DATE32: iceberg.PrimitiveTypes.Date, arrow.DATE64: iceberg.PrimitiveTypes.Date,
	arrow.STRING: iceberg.PrimitiveTypes.String, arrow.LARGE_STRING: iceberg.PrimitiveTypes.String,
	arrow.BINARY: iceberg.PrimitiveTypes.Binary, arrow.LARGE_BINARY: iceberg.PrimitiveTypes.Binary,
}

// ids numbers fields.
type ids int

func (n *ids) next() int { *n++; return int(*n) }

// schemaOf returns the schema of a table with the columns of s.
func schemaOf(s *arrow.Schema) (*iceberg.Schema, error) {
	n := new(ids)
	fields, err := n.fields(s.Fields(), true)
	if err != nil {
		return nil, err
	}
	return iceberg.NewSchema(0, fields...), nil
}

func (n *ids) fields(of []arrow.Field, top bool) ([]iceberg.NestedField, error) {
	var fields []iceberg.NestedField
	for _, f := range of {
		t := f.Type
		if top {
			t = nearest(t)
		}
		id := n.next()
		it, err := n.typeOf(t)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		fields = append(fields, iceberg.NestedField{ID: id, Name: f.Name, Type: it, Required: !f.Nullable})
	}
	return fields, nil
}

// nearest returns the type that a column of type t has in files. Small numbers have
// no types of their own.
func nearest(t arrow.DataType) arrow.DataType {
	switch t.ID() {
	case arrow.INT8, arrow.INT16, arrow.UINT8:
		return arrow.PrimitiveTypes.Int32
	}
	return sinks.Nearest(t)
}

// typeOf returns the type of a column whose files hold t.
func (n *ids) typeOf(t arrow.DataType) (iceberg.Type, error) {
	if ext, ok := t.(arrow.ExtensionType); ok {
		t = ext.StorageType()
	}
	if p, ok := primitive[t.ID()]; ok {
		return p, nil
	}
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return n.typeOf(t.ValueType)
	case *arrow.Decimal128Type:
		return iceberg.DecimalTypeOf(int(t.Precision), int(t.Scale)), nil
	case *arrow.FixedSizeBinaryType:
		return iceberg.FixedTypeOf(t.ByteWidth), nil
	case *arrow.TimestampType:
		switch {
		case t.Unit != arrow.Microsecond:
		case t.TimeZone == "":
			return iceberg.PrimitiveTypes.Timestamp, nil
		default:
			return iceberg.PrimitiveTypes.TimestampTz, nil
		}
	case *arrow.StructType:
		fields, err := n.fields(t.Fields(), false)
		return &iceberg.StructType{FieldList: fields}, err
	case *arrow.MapType:
		key, value := n.next(), n.next()
		kt, err := n.typeOf(t.KeyType())
		if err != nil {
			return nil, err
		}
		vt, err := n.typeOf(t.ItemType())
		return &iceberg.MapType{KeyID: key, KeyType: kt, ValueID: value, ValueType: vt, ValueRequired: !t.ItemField().Nullable}, err
	case arrow.ListLikeType:
		id := n.next()
		et, err := n.typeOf(t.Elem())
		return &iceberg.ListType{ElementID: id, Element: et, ElementRequired: !t.ElemField().Nullable}, err
	}
	return nil, fmt.Errorf("%s has no type in Iceberg tables; cast it in --sql", t)
}

// fit returns the schema of files for rows of the schema s in the table, with the
// ids of its fields, or an error that names all columns that do not fit.
func fit(tbl *iceberg.Schema, s *arrow.Schema) (*arrow.Schema, error) {
	var (
		fields []arrow.Field
		errs   []error
	)
	for _, f := range s.Fields() {
		want, ok := find(tbl.Fields(), f.Name)
		if !ok {
			errs = append(errs, fmt.Errorf("  column %q (%s): the table has none of that name", f.Name, f.Type))
			continue
		}
		t, ok := fitColumn(want.Type, f.Type)
		if !ok {
			errs = append(errs, fmt.Errorf("  column %q: found %s, the table has %s", f.Name, f.Type, want.Type))
			continue
		}
		fields = append(fields, field(want, f.Name, t))
	}
	for _, want := range tbl.Fields() {
		if _, ok := s.FieldsByName(want.Name); !ok && want.Required {
			errs = append(errs, fmt.Errorf("  column %q (%s): missing, and the table does not let it be null", want.Name, want.Type))
		}
	}
	return arrow.NewSchema(fields, nil), errors.Join(errs...)
}

func find(fields []iceberg.NestedField, name string) (iceberg.NestedField, bool) {
	i := slices.IndexFunc(fields, func(f iceberg.NestedField) bool { return f.Name == name })
	if i < 0 {
		return iceberg.NestedField{}, false
	}
	return fields[i], true
}

// field is a field of a file that has the id of one of the table.
func field(want iceberg.NestedField, name string, t arrow.DataType) arrow.Field {
	return arrow.Field{
		Name: name, Type: t, Nullable: !want.Required,
		Metadata: arrow.NewMetadata([]string{sinks.FieldID}, []string{strconv.Itoa(want.ID)}),
	}
}

// fitColumn is fitType for a column, which can also be of a wider type.
func fitColumn(want iceberg.Type, t arrow.DataType) (arrow.DataType, bool) {
	for _, c := range append([]arrow.DataType{nearest(t)}, sinks.Wider(t)...) {
		if got, ok := fitType(want, c); ok {
			return got, true
		}
	}
	return nil, false
}

// fitType returns the type t with the ids of the type of the table, if it is that
// type.
func fitType(want iceberg.Type, t arrow.DataType) (arrow.DataType, bool) {
	if ext, ok := t.(arrow.ExtensionType); ok {
		t = ext.StorageType()
	}
	switch want := want.(type) {
	case *iceberg.ListType:
		return fitList(want, t)
	case *iceberg.MapType:
		m, ok := t.(*arrow.MapType)
		if !ok {
			return nil, false
		}
		key, okKey := fitType(want.KeyType, m.KeyType())
		value, okValue := fitType(want.ValueType, m.ItemType())
		if !okKey || !okValue {
			return nil, false
		}
		k, v := field(want.KeyField(), "key", key), field(want.ValueField(), "value", value)
		out := arrow.MapOfWithMetadata(key, k.Metadata, value, v.Metadata)
		out.SetItemNullable(v.Nullable)
		return out, true
	case *iceberg.StructType:
		s, ok := t.(*arrow.StructType)
		if !ok || len(s.Fields()) != len(want.FieldList) {
			return nil, false
		}
		var fields []arrow.Field
		for _, f := range s.Fields() {
			w, found := find(want.FieldList, f.Name)
			if !found {
				return nil, false
			}
			ft, ok := fitType(w.Type, f.Type)
			if !ok {
				return nil, false
			}
			fields = append(fields, field(w, f.Name, ft))
		}
		return arrow.StructOf(fields...), true
	}
	got, err := new(ids).typeOf(t)
	return t, err == nil && got.Equals(want)
}

func fitList(want *iceberg.ListType, t arrow.DataType) (arrow.DataType, bool) {
	list, ok := t.(arrow.ListLikeType)
	if _, isMap := t.(*arrow.MapType); !ok || isMap {
		return nil, false
	}
	et, ok := fitType(want.Element, list.Elem())
	if !ok {
		return nil, false
	}
	elem := field(want.ElementField(), "element", et)
	switch t := t.(type) {
	case *arrow.LargeListType:
		return arrow.LargeListOfField(elem), true
	case *arrow.FixedSizeListType:
		return arrow.FixedSizeListOfField(t.Len(), elem), true
	}
	return arrow.ListOfField(elem), true
}
