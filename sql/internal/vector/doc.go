// Package vector makes Arrow arrays of DuckDB's vectors, and fills vectors from
// arrays. It knows nothing of queries and connections.
//
// The C types of one Go package are not those of another: handles of DuckDB come
// and go as unsafe.Pointer, and parameters are named after what they are.
package vector
