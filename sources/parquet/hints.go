package parquet

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources/internal/messages"
	"leapscore/sources/internal/scan"
)

// leafHints is what is known about leaves besides what their schema elements say.
type leafHints struct {
	// arrow are types, by leaf, that Parquet does not have, or that the writer
	// did not tell it.
	arrow map[int]arrow.Field
	// nanos are the top-level columns whose INT96 timestamps are nanoseconds.
	nanos map[string]bool
}

// arrowSchemaKey is where writers that have Arrow's types note them.
const arrowSchemaKey = "ARROW:schema"

// readArrowHints finds the leaves that hold durations and UUIDs as far as the
// writer's Arrow schema says. One that is whole and still cannot be read says
// nothing: it may be of a newer version of Arrow.
func (m *metadata) readArrowHints() (map[int]arrow.Field, error) {
	hints := make(map[int]arrow.Field)
	for _, kv := range m.format.KeyValueMetadata {
		if kv.Key != arrowSchemaKey {
			continue
		}
		b, err := base64.StdEncoding.DecodeString(kv.Value)
		if err != nil {
			return nil, fmt.Errorf("damaged footer: %s: %w", arrowSchemaKey, err)
		}
		st, err := messages.NewReader(bytes.NewReader(b))
		if errors.Is(err, scan.ErrDecode) {
			return nil, fmt.Errorf("damaged footer: %s: %w", arrowSchemaKey, err)
		}
		if err != nil {
			continue
		}
		for _, f := range st.Schema().Fields() {
			if c := m.byName[f.Name]; c != nil {
				c.hint(f, hints)
			}
		}
		st.Release()
	}
	return hints, nil
}

// hint adds what f, which the writer had for the node, says about leaves.
func (n *node) hint(f arrow.Field, hints map[int]arrow.Field) {
	var fields []arrow.Field
	switch t := f.Type.(type) {
	case *arrow.StructType:
		fields = t.Fields()
	case arrow.ListLikeType:
		fields = []arrow.Field{t.ElemField()}
	case *arrow.DurationType:
		if n.isLeaf && n.field.Type.ID() == arrow.INT64 {
			hints[n.leaf.index] = arrow.Field{Type: t}
		}
		return
	default:
		if meta := scan.FieldMeta(f); n.isLeaf && meta.Len() > 0 && arrow.TypeEqual(n.field.Type, t) {
			hints[n.leaf.index] = arrow.Field{Type: t, Metadata: meta}
		}
		return
	}
	if n.isLeaf || len(fields) != len(n.children) {
		return
	}
	for i, c := range n.children {
		c.hint(fields[i], hints)
	}
}

// describe reads the schema, with the hints.
func (m *metadata) describe(hints leafHints) (err error) {
	if m.cols, m.leaves, err = readSchema(m.format.Schema, hints); err != nil {
		return err
	}
	m.byName = make(map[string]*node, len(m.cols))
	for _, c := range m.cols {
		m.byName[c.field.Name] = c
	}
	m.hints = hints
	m.markEncrypted()
	return nil
}

// useNanos makes INT96 timestamps of these columns nanoseconds.
func (m *metadata) useNanos(nanos map[string]bool) error {
	for name := range nanos {
		if m.hasInt96(name) {
			hints := m.hints
			hints.nanos = nanos
			return m.describe(hints)
		}
	}
	return nil
}

// hasInt96 reports whether there are INT96 timestamps in a column.
func (m *metadata) hasInt96(name string) bool {
	if c := m.byName[name]; c != nil && c.err == nil {
		for _, l := range c.leaves() {
			if l.conv == convInt96 {
				return true
			}
		}
	}
	return false
}
