// Package readers holds what package sinks writes against the programs that
// read it: pandas, pyarrow, DuckDB and Spark. It has tests only.
package readers
