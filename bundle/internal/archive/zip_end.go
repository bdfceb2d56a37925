// Package archive reads containers of bundles as the programs that write and read
// bundles do, where Go's packages differ from them.
package archive

import (
	"bytes"
	"encoding/binary"
	"io"
)

const (
	endBytes   = 22 // of the record at the end of a zip, without its comment
	maxComment = 1<<16 - 1
)

var endMark = []byte("PK\x05\x06")

// WithoutComment returns a zip without the comment at its end, and its size. The end
// of the directory is where Java's zip file system finds it: at the last mark whose
// comment reaches to the end of the file. archive/zip takes the last mark, which may
// stand in the comment. A zip that has no such mark is returned as it is.
func WithoutComment(r io.ReaderAt, size int64) (io.ReaderAt, int64) {
	tail := make([]byte, min(size, endBytes+maxComment))
	from := size - int64(len(tail))
	if n, _ := r.ReadAt(tail, from); n < len(tail) {
		return r, size // the reader of the zip meets the error again
	}
	for i := len(tail) - endBytes; i >= 0; i-- {
		if !bytes.HasPrefix(tail[i:], endMark) {
			continue
		}
		comment := int(binary.LittleEndian.Uint16(tail[i+endBytes-2:]))
		if i+endBytes+comment != len(tail) {
			continue
		}
		end := from + int64(i)
		if comment == 0 {
			return r, size
		}
		return &cut{r, end + endBytes - 2}, end + endBytes
	}
	return r, size
}

// cut reads zeros from a position on.
type cut struct {
	r  io.ReaderAt
	at int64
}

func (c *cut) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	if from := max(c.at-off, 0); from < int64(n) {
		clear(p[from:n])
	}
	return n, err
}
