// Package readers checks the files of package sinks with the programs that read
// them: pandas, pyarrow, DuckDB and Spark. It has tests only.
package readers
