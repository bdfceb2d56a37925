package bundle

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// openZipFile opens a zip file and checks all its names and sizes.
func openZipFile(path string, lim Limits) (*fileSet, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	st, err := file.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = errors.New("neither a directory nor a file")
	}
	var files *fileSet
	if err == nil {
		files, err = openZip(file, st.Size(), lim)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	files.file = file
	return files, nil
}

// openZip reads the directory of a zip of the given size.
func openZip(r io.ReaderAt, size int64, lim Limits) (*fileSet, error) {
	m := &meteredReader{r: r, left: directoryBytes(lim)}
	z, err := zip.NewReader(m, size)
	m.done = true
	if errors.Is(err, zip.ErrFormat) {
		return nil, fmt.Errorf("neither a directory nor a zip file (%w)", err)
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, err
	}
	files, err := zipFiles(z, size, lim)
	if err == nil {
		files.raw = io.NewSectionReader(r, 0, size)
	}
	return files, err
}

// zipFiles checks the entries of a zip.
func zipFiles(z *zip.Reader, size int64, lim Limits) (*fileSet, error) {
	if len(z.File) > lim.Files {
		return nil, tooMuch("%d entries, want at most %d", len(z.File), lim.Files)
	}
	files := newFileSet(lim)
	files.zip = make(map[string]*zip.File, len(z.File))
	var total uint64
	for _, f := range z.File {
		name := f.Name
		if strings.HasPrefix(name, "/") || (len(name) > 1 && name[1] == ':') {
			return nil, inFile(name, errors.New("zip entry with an absolute name"))
		}
		if name == "./" {
			continue
		}
		clean, err := cleanName(name)
		if err != nil {
			return nil, inFile(name, fmt.Errorf("zip entry: %w", err))
		}
		if files.zip[clean] != nil {
			return nil, inFile(clean, errors.New("two zip entries of this name"))
		}
		if f.UncompressedSize64 > uint64(lim.Bytes) {
			return nil, inFile(clean, tooMuch("%d bytes, want at most %d", f.UncompressedSize64, lim.Bytes))
		}
		if total += f.UncompressedSize64; total > uint64(lim.Bytes) {
			return nil, tooMuch("more than %d bytes unpacked", lim.Bytes)
		}
		files.zip[clean] = f
	}
	if total > ratioFrom && total/uint64(lim.Ratio) > uint64(size) {
		return nil, tooMuch("zip of %d bytes says that it unpacks to %d", size, total)
	}
	return files, nil
}

// directoryBytes is how much of a zip may be read for its directory.
func directoryBytes(lim Limits) int64 { return 1<<20 + 160*int64(lim.Files) }

// meteredReader stops archive/zip from reading a directory that is larger than
// the memory that it may take. It counts until the directory is read.
type meteredReader struct {
	r    io.ReaderAt
	left int64
	done bool
}

func (m *meteredReader) ReadAt(p []byte, off int64) (int, error) {
	if !m.done {
		if m.left -= int64(len(p)); m.left < 0 {
			return 0, tooMuch("directory of the zip is too large")
		}
	}
	return m.r.ReadAt(p, off)
}
