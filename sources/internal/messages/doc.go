// Package messages reads Arrow IPC messages with checked lengths, so that a damaged file
// is an error and not a huge allocation. The formats arrow and parquet use it.
package messages
