package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Schema is the Parquet form of an Arrow schema. It is immutable.
type Schema struct {
	elements []format.SchemaElement
	columns  []*node // one for each column of a record
	leaves   []*leaf
	fixed    bool // whether the size of a row is bounded by the schema
}

type kind uint8

const (
	leafKind kind = iota
	structKind
	listKind // lists and maps
)

// node is a field of the Arrow schema.
type node struct {
	name     string
	typ      arrow.DataType
	kind     kind
	optional bool
	def      uint8 // definition level of a value that is there but, in lists, empty
	rep      uint8 // repetition level of what is inside a list
	children []*node
	leaf     *leaf
}

// leaf is a column of the file.
type leaf struct {
	index    int
	id       int32 // of the field, or 0
	path     []string
	typ      arrow.DataType
	physical physical
	optional bool // the leaf itself
	maxDef   uint8
	maxRep   uint8
}

// NewSchema returns the Parquet form of s, or an error that names the column
// whose type cannot be written.
func NewSchema(s *arrow.Schema) (*Schema, error) {
	ps := &Schema{fixed: true}
	ps.elements = append(ps.elements, format.SchemaElement{
		Name:        "schema",
		NumChildren: thrift.New(int32(s.NumFields())),
	})
	for _, f := range s.Fields() {
		n, err := ps.add(f, at{})
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		ps.columns = append(ps.columns, n)
	}
	return ps, nil
}

// at is a place in the schema tree.
type at struct {
	path     []string
	def, rep uint8
}

func (a at) in(name string) at {
	path := make([]string, 0, len(a.path)+1)
	return at{path: append(append(path, a.path...), name), def: a.def, rep: a.rep}
}

// add appends the elements of f, depth first.
func (s *Schema) add(f arrow.Field, where at) (*node, error) {
	if ext, ok := f.Type.(arrow.ExtensionType); ok {
		f.Type = ext.StorageType()
	}
	n := &node{name: f.Name, typ: f.Type, optional: f.Nullable || f.Type.ID() == arrow.NULL}
	here := where.in(f.Name)
	repetition := format.Required
	if n.optional {
		repetition = format.Optional
		here.def++
	}
	element := format.SchemaElement{Name: f.Name, RepetitionType: thrift.New(repetition), FieldID: fieldID(f)}
	n.def, n.rep = here.def, here.rep

	switch t := f.Type.(type) {
	case *arrow.StructType:
		return n, s.addStruct(n, t.Fields(), element, here)
	case *arrow.MapType: // before ListLikeType, which it is too
		return n, s.addMap(n, t, element, here)
	case arrow.ListLikeType:
		return n, s.addList(n, t, element, here)
	}
	p, err := physicalOf(f.Type)
	if err != nil {
		return nil, err
	}
	if isUUID(f) {
		p.logical = &format.UUIDType{}
	}
	p.describe(&element)
	s.elements = append(s.elements, element)
	s.fixed = s.fixed && p.kind != bytesValue && here.rep == 0
	n.leaf = &leaf{
		index: len(s.leaves), id: element.FieldID, path: here.path, typ: f.Type, physical: p, optional: n.optional, maxDef: here.def, maxRep: here.rep,
	}
	s.leaves = append(s.leaves, n.leaf)
	return n, nil
}

func (s *Schema) addStruct(n *node, fields []arrow.Field, element format.SchemaElement, here at) error {
	if len(fields) == 0 {
		return fmt.Errorf("a struct without fields has no Parquet form")
	}
	n.kind = structKind
	element.NumChildren = thrift.New(int32(len(fields)))
	s.elements = append(s.elements, element)
	return s.addChildren(n, fields, here)
}

func (s *Schema) addList(n *node, t arrow.ListLikeType, element format.SchemaElement, here at) error {
	n.kind = listKind
	element.NumChildren = thrift.New(int32(1))
	element.ConvertedType = thrift.New(deprecated.List)
	element.LogicalType = format.LogicalType{Value: &format.ListType{}}
	s.elements = append(s.elements, element, format.SchemaElement{
		Name:           "list",
		RepetitionType: thrift.New(format.Repeated),
		NumChildren:    thrift.New(int32(1)),
	})
	elem := t.ElemField()
	elem.Name = "element"
	return s.addChildren(n, []arrow.Field{elem}, repeated(n, here, "list"))
}

func (s *Schema) addMap(n *node, t *arrow.MapType, element format.SchemaElement, here at) error {
	n.kind = listKind
	element.NumChildren = thrift.New(int32(1))
	element.ConvertedType = thrift.New(deprecated.Map)
	element.LogicalType = format.LogicalType{Value: &format.MapType{}}
	s.elements = append(s.elements, element, format.SchemaElement{
		Name:           "key_value",
		RepetitionType: thrift.New(format.Repeated),
		NumChildren:    thrift.New(int32(2)),
	})
	key, value := t.KeyField(), t.ItemField()
	key.Name, key.Nullable, value.Name = "key", false, "value"
	return s.addChildren(n, []arrow.Field{key, value}, repeated(n, here, "key_value"))
}

func repeated(n *node, here at, group string) at {
	here = here.in(group)
	here.def++
	here.rep++
	n.rep = here.rep
	return here
}

func (s *Schema) addChildren(n *node, fields []arrow.Field, here at) error {
	for _, f := range fields {
		child, err := s.add(f, here)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		n.children = append(n.children, child)
	}
	return nil
}
