// Package files opens the files that patterns name as one source. It finds them, by
// path or URL (find.go, opener.go), refuses files that belong to tables of other formats
// (tables.go), settles the format (formats.go), adds key=value folders as columns
// (hive.go), rejects files that cannot be read (vetted.go) and notices files that change
// while they are read (steady.go). It decodes nothing: that is done by the package of
// each format.
package files
