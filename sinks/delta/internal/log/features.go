package log

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The versions of the protocol up to which tables can be written. The last of
// each names its features one by one.
const (
	maxReader = 3
	maxWriter = 7
)

// known are the features of tables that can be written as long as the table
// makes no use of them that concerns whole new files; see uses.
var known = map[string]bool{
	"appendOnly": true, "invariants": true, "checkConstraints": true, "generatedColumns": true, "identityColumns": true,
	"changeDataFeed": true, "timestampNtz": true, "domainMetadata": true, "vacuumProtocolCheck": true,
}

// NTZ is the feature of columns of local timestamps.
const NTZ = "timestampNtz"

// Writable returns why this package must not write the table, or nil. overwrite
// says that files are to be removed.
func (s *Snapshot) Writable(overwrite bool) error {
	p := s.Protocol
	if p.MinReader > maxReader || p.MinWriter > maxWriter {
		return fmt.Errorf("the table wants a reader of version %d and a writer of version %d, this one is %d and %d",
			p.MinReader, p.MinWriter, maxReader, maxWriter)
	}
	var unknown []string
	for _, f := range slices.Concat(p.ReaderFeatures, p.WriterFeatures) {
		if !known[f] && !slices.Contains(unknown, f) {
			unknown = append(unknown, f)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("the table has the feature %s, which this writer does not know", strings.Join(unknown, ", "))
	}
	if s.Meta.Format.Provider != "" && s.Meta.Format.Provider != "parquet" {
		return fmt.Errorf("the table's files are %s, want parquet", s.Meta.Format.Provider)
	}
	for path, f := range s.Files {
		if len(f.DeletionVector) > 0 && string(f.DeletionVector) != "null" {
			return fmt.Errorf("%s has a deletion vector, which this writer does not know", path)
		}
	}
	return s.uses(overwrite)
}

// uses fails for properties of the table that oblige writers to more than this
// package does.
func (s *Snapshot) uses(overwrite bool) error {
	c := s.Meta.Configuration
	if overwrite && c["delta.appendOnly"] == "true" {
		return fmt.Errorf("the table has the property delta.appendOnly: it can only be appended to")
	}
	if m := c["delta.columnMapping.mode"]; m != "" && m != "none" {
		return fmt.Errorf("the table has the feature columnMapping (mode %s), which this writer does not know", m)
	}
	for _, k := range slices.Sorted(maps.Keys(c)) {
		if strings.HasPrefix(k, "delta.constraints.") {
			return fmt.Errorf("the table has the constraint %s (%s), which this writer cannot check", k, c[k])
		}
	}
	schema, err := ParseSchema(s.Meta.SchemaString)
	if err != nil {
		return err
	}
	for _, f := range schema.Fields {
		for _, k := range slices.Sorted(maps.Keys(f.Metadata)) {
			if k == "delta.invariants" || k == "delta.generationExpression" || strings.HasPrefix(k, "delta.identity.") || k == "CURRENT_DEFAULT" {
				return fmt.Errorf("column %q has %s, which this writer does not know", f.Name, k)
			}
		}
	}
	return nil
}

// Readable returns why the rows of the table are not simply those of its files, or nil.
func (s *Snapshot) Readable() error {
	if m := s.Meta.Configuration["delta.columnMapping.mode"]; m != "" && m != "none" {
		return fmt.Errorf("the table has the feature columnMapping (mode %s), which is not read here", m)
	}
	for path, f := range s.Files {
		if len(f.DeletionVector) > 0 && string(f.DeletionVector) != "null" {
			return fmt.Errorf("%s has a deletion vector, which is not read here", path)
		}
	}
	return nil
}
