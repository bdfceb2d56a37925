// Package arrow reads Arrow IPC files (Feather V2 too) and streams. The format is
// Arrow's Columnar.rst; lengths are checked before the library of Arrow decodes them.
package arrow
