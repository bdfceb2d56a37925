// Package substrait stands in for the definitions of functions that the package of
// that name holds. iceberg-go parses all of them when a program starts, which takes
// 80 ms and 30 MB, to filter the rows that it reads; leapscore reads no Iceberg rows.
package substrait

import "embed"

//go:embed extensions/*
var extensions embed.FS

// GetSubstraitExtensionsFS returns a folder with one file that defines nothing.
func GetSubstraitExtensionsFS() embed.FS { return extensions }
