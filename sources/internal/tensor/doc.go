// Package tensor turns the tensors and vectors of MLeap's frames into Arrow values, for
// the formats leap and avro.
package tensor
