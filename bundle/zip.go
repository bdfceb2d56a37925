package bundle

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"leapscore/bundle/internal/archive"
)

// openFile opens a file that holds a bundle: a zip, or a tar of a bundle's files or
// of such a zip.
func openFile(path string, lim Limits) (*fileSet, error) {
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
		files, err = openContainer(file, st.Size(), lim)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	files.opened = append(files.opened, file)
	files.raw = io.NewSectionReader(file, 0, st.Size())
	return files, nil
}

// openContainer tells zips and tars apart by how they begin.
func openContainer(file *os.File, size int64, lim Limits) (*fileSet, error) {
	head := make([]byte, archive.HeadBytes)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, reason(err)
	}
	if !archive.IsTar(head[:n]) {
		return openZip(file, size, lim)
	}
	return openTar(file, size, lim)
}

// openTar unpacks a tar to a temporary file, which is a zip.
func openTar(r io.ReaderAt, size int64, lim Limits) (files *fileSet, err error) {
	unpacked, err := os.CreateTemp("", "leapscore-model-*.zip")
	if err != nil {
		return nil, err
	}
	// An open file outlives its name; where it cannot lose it, the system clears its
	// temporary folder.
	os.Remove(unpacked.Name())
	defer func() {
		if err != nil {
			unpacked.Close()
		}
	}()
	check := &tarCheck{lim: lim, size: size}
	if err := archive.Unpack(unpacked, io.NewSectionReader(r, 0, size), check.admit); err != nil {
		return nil, err
	}
	all := lim
	all.Ratio = 1 << 10 // the tar was checked
	end, err := unpacked.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if files, err = openZip(unpacked, end, all); err != nil {
		return nil, err
	}
	if zipped := files.zipped(); zipped != nil {
		if files, err = openInner(unpacked, zipped, lim); err != nil {
			return nil, err
		}
	}
	files.opened = append(files.opened, unpacked)
	return files, nil
}

// tarCheck checks the entries of a tar against the limits before they are unpacked.
type tarCheck struct {
	lim   Limits
	size  int64 // of the tar
	files int
	total int64
}

func (c *tarCheck) admit(name string, size int64) (string, error) {
	clean, err := cleanName(name)
	if err != nil {
		return "", inFile(name, fmt.Errorf("tar entry: %w", err))
	}
	if c.files++; c.files > c.lim.Files {
		return "", tooMuch("more than %d entries", c.lim.Files)
	}
	c.total += size
	switch {
	case size < 0 || c.total > c.lim.Bytes:
		err = tooLarge(limitBytes, "more than %d bytes unpacked", c.lim.Bytes)
	case c.total > ratioFrom && c.total/c.lim.Ratio > c.size:
		err = tooLarge(limitRatio, "tar of %d bytes unpacks to %d or more", c.size, c.total)
	}
	return clean, advise(err, c.lim, c.total)
}

// zipped returns the one zip among files that are no bundle, or nil.
func (f *fileSet) zipped() *zip.File {
	var found *zip.File
	for name, z := range f.zip {
		switch {
		case path.Base(name) == "bundle.json":
			return nil
		case strings.HasSuffix(strings.ToLower(name), ".zip") && !strings.HasPrefix(path.Base(name), "._"):
			if found != nil {
				return nil
			}
			found = z
		}
	}
	return found
}

// openInner opens a zip that lies in another one without compression.
func openInner(r io.ReaderAt, z *zip.File, lim Limits) (*fileSet, error) {
	at, err := z.DataOffset()
	if err != nil {
		return nil, err
	}
	size := int64(z.UncompressedSize64)
	files, err := openZip(io.NewSectionReader(r, at, size), size, lim)
	return files, inFile(z.Name, err)
}

// openZip reads the directory of a zip of the given size.
func openZip(r io.ReaderAt, size int64, lim Limits) (*fileSet, error) {
	whole, plain := archive.WithoutComment(r, size)
	m := &meteredReader{r: whole, left: directoryBytes(lim)}
	z, err := zip.NewReader(m, plain)
	m.done = true
	if errors.Is(err, zip.ErrFormat) {
		return nil, noZip(r, size)
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

// noZip says why a file cannot be read as a zip.
func noZip(r io.ReaderAt, size int64) error {
	head := make([]byte, 4)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return reason(err)
	}
	switch {
	case size == 0:
		return errors.New("is empty; want a bundle: a folder, a zip, or a tar.gz of one")
	case string(head[:n]) == "PK\x03\x04":
		return errors.New("a zip file that is cut short or damaged: copy it again")
	}
	return errors.New("neither a directory nor a zip file; want a bundle: a folder, a zip, or a tar.gz of one")
}

// zipFiles checks the entries of a zip. Names may begin with slashes, and of two
// entries of one name the last counts: that is how Java's zip file system, and so
// MLeap, takes them. Nothing is unpacked to where a name says.
func zipFiles(z *zip.Reader, size int64, lim Limits) (*fileSet, error) {
	if len(z.File) > lim.Files {
		return nil, tooMuch("%d entries, want at most %d", len(z.File), lim.Files)
	}
	files := newFileSet(lim)
	files.zip = make(map[string]*zip.File, len(z.File))
	files.total = unpackedSize(z)
	for _, f := range z.File {
		if strings.Trim(f.Name, "./") == "" && !strings.Contains(f.Name, "..") {
			continue // the root
		}
		clean, err := cleanName(f.Name)
		if err != nil {
			return nil, inFile(f.Name, fmt.Errorf("zip entry: %w", err))
		}
		if f.UncompressedSize64 > uint64(lim.Bytes) {
			return nil, files.inFile(clean, tooLarge(limitBytes, "%d bytes, want at most %d", f.UncompressedSize64, lim.Bytes))
		}
		files.zip[clean] = f
	}
	var err error
	switch {
	case files.total > lim.Bytes:
		err = tooLarge(limitBytes, "more than %d bytes unpacked", lim.Bytes)
	case files.total > ratioFrom && files.total/lim.Ratio > size:
		err = tooLarge(limitRatio, "zip of %d bytes says that it unpacks to %d", size, files.total)
	}
	return files, advise(err, lim, files.total)
}

// unpackedSize is the size of all entries as the zip declares it.
func unpackedSize(z *zip.Reader) int64 {
	var total uint64
	for _, f := range z.File {
		total = min(total+min(f.UncompressedSize64, 1<<50), 1<<60)
	}
	return int64(total)
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
