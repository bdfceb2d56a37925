package job

import (
	"encoding/json"
	"strings"
)

// Schema is the JSON Schema of a Spec as a file, of the table of keys.
func Schema() []byte {
	properties := map[string]any{}
	for _, k := range keys {
		properties[k.Name] = k.schema()
	}
	data, err := json.MarshalIndent(map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "A job of leapscore",
		"description":          "The keys are the flags of leapscore score. The file is YAML or JSON: leapscore score --job FILE.",
		"type":                 "object",
		"properties":           properties,
		"additionalProperties": false,
	}, "", "  ")
	if err != nil {
		panic(err) // maps of texts can be written
	}
	return append(data, '\n')
}

// plain is the schema of a plain value, which counts as it is written.
var plain = map[string]any{"type": []string{"string", "number", "boolean"}}

// schema is the schema of the value of a key.
func (k key) schema() map[string]any {
	s := map[string]any{}
	list := map[string]any{"type": "array", "items": plain}
	mapping := map[string]any{"type": "object", "additionalProperties": plain}
	switch {
	case k.Name == "model":
		s["anyOf"] = []any{plain, list, mapping}
	case k.pair != "":
		s["anyOf"] = []any{mapping, plain}
	case k.Type == "stringSlice", k.Type == "stringArray":
		s["anyOf"] = []any{list, plain}
	case k.Type == "bool":
		s["type"] = "boolean"
	case k.Type == "int", k.Type == "int64":
		s["type"] = "integer"
	case k.Type == "float64":
		s["type"] = "number"
	case len(k.words) > 0 && !k.open:
		s["enum"] = append(append([]string{}, k.words...), k.also...)
	default:
		s["type"] = plain["type"]
	}
	s["description"] = strings.ReplaceAll(k.help, "`", "")
	if k.standard != "" && k.Name != "workers" && k.Name != "memory" { // which are others on each machine
		s["default"] = k.jsonDefault()
	}
	return s
}

// jsonDefault is the default of a key as a value.
func (k key) jsonDefault() any {
	var s Spec
	_ = k.set(k.of(&s), strings.Trim(k.standard, "[]")) // a test reads all of them
	return s.value(k.Name)
}
