package parquet

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources/internal/scan"
)

// node is one node of a Parquet schema seen as an Arrow field: a leaf, a
// struct, or a list or map with the levels that Dremel encoding gives it.
type node struct {
	field    arrow.Field
	children []*node
	leaf     *leaf // the leaf itself, or the first one below
	isLeaf   bool

	// A slot of this node starts at an entry with rep <= rep and
	// def >= slotDef, and is not null if def >= def.
	rep, def, slotDef uint8

	// elemDef is, for lists and maps, the definition level from which an
	// entry holds an element.
	elemDef uint8

	// err says why the column cannot be read. It is reported when asked for.
	err error
}

// leaf is one physical column.
type leaf struct {
	index    int // in the row group's list of chunks
	path     string
	physical format.Type
	size     int // of FIXED_LEN_BYTE_ARRAY
	typ      arrow.DataType
	conv     conversion
	width    int // bytes per Arrow value; 0 for booleans, strings and nulls
	uuid     bool

	maxDef, maxRep uint8
}

// conversion says how physical values become Arrow values.
type conversion uint8

const (
	convCopy conversion = iota // same bytes
	convInt8                   // INT32 to 8 bits
	convInt16
	convDecimalInt   // INT32 or INT64 to decimal128
	convDecimalBytes // big-endian bytes to decimal128
	convInt96        // Julian day and nanoseconds to microseconds
	convInt96Nanos   // the same to nanoseconds
	convBool
	convBytes
	convNull
)

// schemaReader walks the flattened schema of a footer.
type schemaReader struct {
	elems  []format.SchemaElement
	next   int
	leaves int
	hints  leafHints
	top    string // the column being read
}

// errSchema is wrapped by errors about footers that no writer makes.
var errSchema = errors.New("invalid parquet schema")

const maxDepth = 64

// readSchema returns the top-level columns of a footer.
func readSchema(elems []format.SchemaElement, hints leafHints) ([]*node, int, error) {
	if len(elems) == 0 {
		return nil, 0, fmt.Errorf("%w: no root", errSchema)
	}
	r := &schemaReader{elems: elems, next: 1, hints: hints}
	var cols []*node
	seen := make(map[string]bool)
	for range elems[0].NumChildren.V {
		if r.next < len(elems) {
			r.top = elems[r.next].Name
		}
		n, err := r.node(levelBounds{}, "", 0)
		if err != nil {
			return nil, 0, err
		}
		if seen[n.field.Name] {
			n.err = fmt.Errorf("column %q: name is there twice", n.field.Name)
			for _, c := range cols {
				if c.field.Name == n.field.Name {
					c.err = n.err
				}
			}
			continue
		}
		seen[n.field.Name] = true
		cols = append(cols, n)
	}
	if r.next != len(elems) {
		return nil, 0, fmt.Errorf("%w: %d elements, tree has %d", errSchema, len(elems), r.next)
	}
	return cols, r.leaves, nil
}

// levelBounds is the state of levels above a node.
type levelBounds struct{ rep, def, slotDef uint8 }

func (r *schemaReader) peek() (*format.SchemaElement, error) {
	if r.next >= len(r.elems) {
		return nil, fmt.Errorf("%w: ends early", errSchema)
	}
	return &r.elems[r.next], nil
}

// node reads the element at r.next and everything below it.
func (r *schemaReader) node(up levelBounds, path string, depth int) (*node, error) {
	e, err := r.peek()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth || up.def > 200 {
		return nil, fmt.Errorf("%w: deeper than %d", errSchema, maxDepth)
	}
	if e.RepetitionType.V == format.Repeated {
		return r.bareRepeated(up, path, depth)
	}
	return r.single(up, path, depth)
}

// bareRepeated reads a repeated element outside of a LIST: a list that is
// never null, of elements that are never null.
func (r *schemaReader) bareRepeated(up levelBounds, path string, depth int) (*node, error) {
	name := r.elems[r.next].Name
	n := &node{rep: up.rep, def: up.def, slotDef: up.slotDef, elemDef: up.def + 1}
	elem, err := r.single(levelBounds{rep: up.rep + 1, def: up.def + 1, slotDef: up.def + 1}, path, depth+1)
	if err != nil {
		return nil, err
	}
	elem.field.Nullable = false
	n.setList(name, false, elem)
	return n, nil
}

func (n *node) setList(name string, nullable bool, elem *node) {
	elem.field.Name = "element"
	n.children = []*node{elem}
	n.leaf = elem.leaf
	n.err = elem.err
	n.field = arrow.Field{Name: name, Nullable: nullable, Type: arrow.ListOfField(elem.field)}
}

// single reads an element whose own repetition, if any, has been counted.
func (r *schemaReader) single(up levelBounds, path string, depth int) (*node, error) {
	e := &r.elems[r.next]
	r.next++
	at := up
	if e.RepetitionType.V == format.Optional {
		at.def++
	}
	if path != "" {
		path += "."
	}
	path += e.Name
	if !e.NumChildren.Valid || e.NumChildren.V == 0 {
		return r.leafNode(e, at, path)
	}
	switch {
	case isList(e):
		return r.list(e, at, path, depth)
	case isMap(e):
		return r.mapNode(e, at, path, depth)
	}
	return r.structNode(e, int(e.NumChildren.V), at, path, depth)
}

func isList(e *format.SchemaElement) bool {
	if _, ok := e.LogicalType.Value.(*format.ListType); ok {
		return true
	}
	return e.ConvertedType.Valid && e.ConvertedType.V == deprecated.List
}

func isMap(e *format.SchemaElement) bool {
	if _, ok := e.LogicalType.Value.(*format.MapType); ok {
		return true
	}
	return e.ConvertedType.Valid && (e.ConvertedType.V == deprecated.Map || e.ConvertedType.V == deprecated.MapKeyValue)
}

func (at levelBounds) node(e *format.SchemaElement) *node {
	return &node{
		rep: at.rep, def: at.def, slotDef: at.slotDef,
		field: arrow.Field{Name: e.Name, Nullable: e.RepetitionType.V == format.Optional},
	}
}

func (r *schemaReader) structNode(e *format.SchemaElement, children int, at levelBounds, path string, depth int) (*node, error) {
	n := at.node(e)
	fields := make([]arrow.Field, 0, min(children, len(r.elems)))
	for range children {
		c, err := r.node(at, path, depth+1)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, c)
		fields = append(fields, c.field)
		if n.err == nil {
			n.err = c.err
		}
	}
	n.leaf = n.children[0].leaf
	n.field.Type = arrow.StructOf(fields...)
	return n, nil
}

// list reads the inside of a LIST group, three-level or legacy, by the
// backward-compatibility rules of the format's LogicalTypes document.
func (r *schemaReader) list(e *format.SchemaElement, at levelBounds, path string, depth int) (*node, error) {
	rep, err := r.peek()
	if err != nil {
		return nil, err
	}
	if e.NumChildren.V != 1 || rep.RepetitionType.V != format.Repeated {
		return r.structNode(e, int(e.NumChildren.V), at, path, depth)
	}
	n := at.node(e)
	n.elemDef = at.def + 1
	in := levelBounds{rep: at.rep + 1, def: at.def + 1, slotDef: at.def + 1}
	legacy := rep.NumChildren.V != 1 || rep.Name == "array" || rep.Name == e.Name+"_tuple"
	if !legacy && r.next+1 < len(r.elems) && r.elems[r.next+1].RepetitionType.V == format.Repeated {
		legacy = true
	}
	var elem *node
	if legacy {
		elem, err = r.single(in, path, depth+1)
		if err == nil {
			elem.field.Nullable = false
		}
	} else {
		r.next++
		elem, err = r.node(in, path+"."+rep.Name, depth+1)
	}
	if err != nil {
		return nil, err
	}
	n.setList(e.Name, n.field.Nullable, elem)
	return n, nil
}

func (r *schemaReader) mapNode(e *format.SchemaElement, at levelBounds, path string, depth int) (*node, error) {
	kv, err := r.peek()
	if err != nil {
		return nil, err
	}
	if e.NumChildren.V != 1 || kv.RepetitionType.V != format.Repeated || kv.NumChildren.V != 2 {
		return r.structNode(e, int(e.NumChildren.V), at, path, depth)
	}
	n := at.node(e)
	n.elemDef = at.def + 1
	in := levelBounds{rep: at.rep + 1, def: at.def + 1, slotDef: at.def + 1}
	r.next++
	pair, err := r.structNode(kv, 2, in, path+"."+kv.Name, depth+1)
	if err != nil {
		return nil, err
	}
	key, val := pair.children[0], pair.children[1]
	// Writers exist that mark keys optional; keys are never null in a map.
	key.field.Nullable = false
	mt := arrow.MapOfWithMetadata(key.field.Type, key.field.Metadata, val.field.Type, val.field.Metadata)
	mt.SetItemNullable(val.field.Nullable)
	pair.field = arrow.Field{Name: "entries", Type: mt.Elem()}
	n.children = []*node{pair}
	n.leaf, n.err = pair.leaf, pair.err
	n.field.Type = mt
	return n, nil
}

func (r *schemaReader) leafNode(e *format.SchemaElement, at levelBounds, path string) (*node, error) {
	n := at.node(e)
	if !e.Type.Valid {
		n.err = fmt.Errorf("column %q: group %s has no fields", r.top, path)
		n.field.Type = arrow.StructOf()
		return n, nil
	}
	n.isLeaf = true
	n.leaf = &leaf{
		index: r.leaves, path: path, physical: e.Type.V, size: int(e.TypeLength.V),
		maxDef: at.def, maxRep: at.rep,
	}
	r.leaves++
	if err := n.leaf.setType(e); err != nil {
		n.err = fmt.Errorf("column %q: %w", r.top, err)
		n.leaf.typ, n.leaf.conv = arrow.Null, convNull
	}
	r.applyHints(n)
	n.field.Type = n.leaf.typ
	return n, nil
}

// applyHints gives a leaf what is known about it besides its schema element.
func (r *schemaReader) applyHints(n *node) {
	if n.leaf.conv == convInt96 && r.hints.nanos[r.top] {
		n.leaf.set(&arrow.TimestampType{Unit: arrow.Nanosecond}, convInt96Nanos, 8)
	}
	if n.leaf.uuid {
		n.field.Metadata = scan.UUIDMeta
	}
	if f, ok := r.hints.arrow[n.leaf.index]; ok && n.err == nil {
		n.leaf.typ, n.field.Metadata = f.Type, f.Metadata
	}
}
