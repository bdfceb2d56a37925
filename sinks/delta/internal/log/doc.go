// Package log reads and writes the log of Delta tables: JSON commits, Parquet
// checkpoints, the schema string, and the rules of who may write a table. It
// neither writes nor reads data files, and it does not decide what to do when
// another writer was faster: its caller does.
//
// The log is the folder _delta_log of a table. Its state (Snapshot) is what the
// newest checkpoint says, changed by the commits after it. A commit is one file
// whose name is its version, which is put only if there is none: of two writers
// of one version, one gets store.ErrExists.
//
// Written to the protocol of github.com/delta-io/delta (PROTOCOL.md). If a
// table requires a feature that this package does not know, the error names it.
package log
