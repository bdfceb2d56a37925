// Package iceberg writes Iceberg tables: it makes the data files of a run, which
// package sinks writes, visible as a snapshot. It reads no rows, evolves no schemas
// and compacts nothing.
//
// Metadata, manifests and transactions are those of github.com/apache/iceberg-go.
// The last step, which makes a metadata file the current one, is done here, so
// that it is safe on every store, in the folder of the table and in catalogs
// (pointer.go):
//
//	writing    data/part-00000-<run>-<attempt>.parquet   no snapshot names them
//	   |
//	   |  manifests, the list of them, and
//	   |  Hadoop style: metadata/v7.metadata.json is put if there is none: one step
//	   |  a catalog: metadata/00007-<uuid>.metadata.json is put, and the catalog
//	   |  points to it if it still pointed to the one before: one step
//	   v
//	published  a snapshot, whose summary tells the run and the model
//
// If another run commits first, a run retries upon that run's snapshot: an append
// adds to it, an overwrite replaces it too. A failed attempt deletes its files. A
// killed run leaves files that no snapshot names, like any other writer; the removal
// of orphan files deletes them.
package iceberg
