package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/hamba/avro/v2"

	"leapscore/sources/internal/scan"
)

// nanosProp is the property that stands for the logical types of nanoseconds,
// which hamba/avro does not know. Its value is the time zone.
const nanosProp = "leapscore.nanos"

func init() {
	// Java writes names that the specification does not allow, as those of inner
	// classes, and reads them.
	avro.SkipNameValidation = true
}

// parseSchema parses a schema, and the forms that writers have of it which
// hamba/avro does not read: a record at the top without a name, as polars writes,
// and timestamps in nanoseconds.
func parseSchema(text []byte) (avro.Schema, error) {
	if err := scan.CheckJSONText(text); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text behind the schema")
	}
	if top, ok := tree.(map[string]any); ok && top["type"] == "record" {
		if name, ok := top["name"]; !ok || name == "" {
			top["name"] = "record"
		}
	}
	if err := amend(tree, mostDepth*4); err != nil {
		return nil, err
	}
	amended, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	return avro.ParseBytesWithCache(amended, "", &avro.SchemaCache{})
}

// amend marks the types of nanoseconds in a schema.
func amend(node any, depth int) error {
	if depth == 0 {
		return errors.New("types are nested too deeply")
	}
	var parts []any
	switch n := node.(type) {
	case []any:
		parts = n
	case map[string]any:
		if n["type"] == "long" {
			switch n["logicalType"] {
			case "timestamp-nanos":
				n[nanosProp] = "UTC"
			case "local-timestamp-nanos":
				n[nanosProp] = ""
			}
		}
		fields, _ := n["fields"].([]any)
		parts = append(parts, n["type"], n["items"], n["values"])
		parts = append(parts, fields...)
	}
	for _, p := range parts {
		if err := amend(p, depth-1); err != nil {
			return err
		}
	}
	return nil
}
