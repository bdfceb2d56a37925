// Package avro reads Avro object container files, as the Avro 1.11 specification
// defines them, and the tensors of MLeap's frames in them.
package avro
