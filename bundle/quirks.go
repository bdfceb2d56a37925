package bundle

import (
	"fmt"
	"strconv"
	"strings"
)

// A bundle carries no version of its format, so nothing here depends on the
// version in bundle.json: MLeap never compares it. Forms of older writers that
// still load are recognized by the content of the files:
//
//	spelling                              read as
//	------------------------------------  ------------------------------------------------
//	port "input" of a string_indexer or   ports "input0" and "output0" (legacyPorts)
//	one_hot_encoder
//	uid "1-2-3-4-5"                       a UUID with short groups (checkUUID)
//	attribute absent                      the op's own default: see the op
//
// These forms do not load, and their errors name the writer:
//
//	format "mixed"                        refused (checkFormat)
//	{"type":"double","value":1}           refused (oldSpelling)
//	model without "attributes"            refused (errNoAttributes), as the Python
//	                                      serializer could write it
//
// Strings of tensors are damaged by the JVM on their way (tensorText).

// legacyOps are the ops whose single-column form was written with the ports
// "input" and "output" (MultiInOutMleapOp.scala).
var legacyOps = map[string]bool{"string_indexer": true, "one_hot_encoder": true}

// legacyPorts returns the sockets of a node with the port names that its op has
// today. As in MLeap, a node with the old input has that input and one output
// only.
func legacyPorts(op string, in, out []Socket) (newIn, newOut []Socket, err error) {
	if !legacyOps[op] {
		return in, out, nil
	}
	i, old := lastPort(in, "input")
	if !old {
		return in, out, nil
	}
	o, ok := lastPort(out, "output")
	if !ok {
		return nil, nil, fmt.Errorf("%s with port \"input\" but without port \"output\"", op)
	}
	return []Socket{{Port: "input0", Name: i.Name}}, []Socket{{Port: "output0", Name: o.Name}}, nil
}

// lastPort finds a socket by port; of several the last counts.
func lastPort(s []Socket, port string) (Socket, bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].Port == port {
			return s[i], true
		}
	}
	return Socket{}, false
}

// checkUUID accepts what java.util.UUID.fromString does: five groups of hex
// digits, not necessarily of the usual lengths.
func checkUUID(s string) error {
	groups := strings.Split(s, "-")
	ok := len(groups) == 5 && len(s) <= 36
	for _, g := range groups {
		_, err := strconv.ParseInt(g, 16, 64)
		ok = ok && err == nil
	}
	if !ok {
		return fmt.Errorf("%q, want a UUID", s)
	}
	return nil
}

// FormatJSON and FormatProtobuf are the formats of a bundle.
const (
	FormatJSON     = "json"
	FormatProtobuf = "protobuf"
)

func checkFormat(s string) error {
	switch s {
	case FormatJSON, FormatProtobuf:
		return nil
	case "mixed":
		return fmt.Errorf("%q, want json or protobuf: bundles in mixed format no longer load", s)
	}
	return fmt.Errorf("%q, want json or protobuf", s)
}

// oldSpelling is the error for the member "type" of an attribute.
func oldSpelling(typ string) error {
	return &pathError{"type", fmt.Errorf("%q, want list, tensor or none (a scalar)", typ)}
}

func parseBasicType(name string) (Base, error) {
	b, ok := ParseBase(name)
	if !ok || name == "integer" {
		return UnknownBase, fmt.Errorf("%q, want a basic type", name)
	}
	return b, nil
}
