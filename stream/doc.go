// Package stream scores Arrow IPC streams as they come: each stream is answered by one
// stream, and each record batch by one record batch, at once. docs/stream.md describes the
// protocol.
package stream
