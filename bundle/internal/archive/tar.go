package archive

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// IsTar reports whether a file that begins so is a tar, or compressed with gzip, which
// is how SageMaker keeps models.
func IsTar(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x1F, 0x8B}) || len(head) >= 262 && string(head[257:262]) == "ustar"
}

// HeadBytes is how much of a file IsTar wants.
const HeadBytes = 262

// Unpack writes the files of a tar, which may be compressed, into a zip without
// compression. admit is asked before each file is read, with its name and its size; it
// returns the name in the zip. Links and devices are refused: what they lead to is not
// part of the model.
func Unpack(w io.Writer, r io.Reader, admit func(name string, size int64) (string, error)) error {
	t, err := openTar(r)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return z.Close()
		} else if err != nil {
			return damaged(err)
		}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		default:
			return fmt.Errorf("%s: a link or a device in a tar, want files and folders", h.Name)
		}
		name, err := admit(strings.TrimLeft(h.Name, "/"), h.Size)
		if err != nil {
			return err
		}
		if err := copyFile(z, name, t); err != nil {
			return err
		}
	}
}

// openTar finds out whether a tar is compressed.
func openTar(r io.Reader) (*tar.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if head, _ := b.Peek(2); !IsTar(head) {
		return tar.NewReader(b), nil
	}
	gz, err := gzip.NewReader(b)
	if err != nil {
		return nil, damaged(err)
	}
	// A gzip file that holds something else is told before its whole content is read.
	content := bufio.NewReaderSize(gz, 1<<16)
	if head, _ := content.Peek(HeadBytes); len(head) < HeadBytes || !IsTar(head) {
		return nil, errors.New("a gzip file that holds no tar, want a bundle: a folder, a zip, or a tar.gz of one; a booster's file is read unpacked")
	}
	return tar.NewReader(content), nil
}

func copyFile(z *zip.Writer, name string, r io.Reader) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	if full := (*os.PathError)(nil); errors.As(err, &full) {
		return fmt.Errorf("the tar is unpacked to a temporary file: %w", err)
	}
	return damaged(err)
}

func damaged(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the tar ends early: it is cut off, or was not written to its end")
	}
	return fmt.Errorf("the tar cannot be read: %w", err)
}
