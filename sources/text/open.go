package text

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// errNoBytes is the error of a file of text without any: what an upload that
// failed leaves.
var errNoBytes = errors.New("is empty: it has no bytes")

// open opens file i behind its decompressor. How it is compressed is what its
// first bytes say, which no text in UTF-8 begins with.
func (s *source) open(ctx context.Context, i int) (io.ReadCloser, error) {
	if s.once != nil {
		return s.once.open()
	}
	name := s.files[i].Name
	f, err := s.opener.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	in, done, err := s.plain(bufio.NewReaderSize(io.NewSectionReader(f, 0, f.Size()), headBytes), strings.ToLower(path.Ext(name)))
	if _, ok := s.format.(*jsonFormat); ok && errors.Is(err, errNoBytes) {
		s.warn(name + " has no bytes, and so no rows")
		return &openFile{Reader: strings.NewReader(""), close: func() { f.Close() }}, nil
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	s.settleEnd(i, in)
	return &openFile{Reader: in, close: func() { done(); f.Close() }}, nil
}

// settleEnd notes what ends the lines of JSON lines. Of CSV, the header tells it. A file
// that was looked at before is only compared, as several passes may open it at once.
func (s *source) settleEnd(i int, in *bufio.Reader) {
	if _, ok := s.format.(*jsonFormat); !ok {
		return
	}
	if end := jsonEnd(in); s.ends[i] != end {
		s.ends[i] = end
	}
}

// plain returns the text of a file whose name ends in ext, in UTF-8, and what to call
// when it was read.
func (s *source) plain(in *bufio.Reader, ext string) (*bufio.Reader, func(), error) {
	in, done, err := unpacked(in, ext)
	if err != nil {
		return nil, nil, err
	}
	in = decoded(in, s.encoding)
	if err := checkHead(in); err != nil {
		done()
		return nil, nil, err
	}
	return in, done, nil
}

// openFile is the text of a file.
type openFile struct {
	io.Reader
	close func()
}

func (f *openFile) Close() error {
	f.close()
	return nil
}

// otherMagics are what files that are no text begin with.
var otherMagics = []struct{ magic, is string }{
	{"\xff\xfe\x00\x00", "text in UTF-32"},
	{"\x00\x00\xfe\xff", "text in UTF-32"},
	{"PK\x03\x04", "a zip archive"},
	{"PAR1", "Parquet"},
	{"ARROW1", "Arrow IPC"},
	{"Obj\x01", "Avro"},
	{"\xff\xff\xff\xff", "an Arrow IPC stream"},
	{"ORC", "ORC"},
}

// checkHead refuses what does not begin as text in UTF-8 does.
func checkHead(in *bufio.Reader) error {
	head, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return err
	}
	if len(head) == 0 {
		return errNoBytes
	}
	head, _ = in.Peek(min(in.Buffered(), 16))
	for _, m := range otherMagics {
		if !bytes.HasPrefix(head, []byte(m.magic)) || isPlain(head) {
			continue
		}
		if coding, ok := strings.CutPrefix(m.is, "text in "); ok {
			return fmt.Errorf("is %s, want UTF-8; convert it, as iconv -f %s -t UTF-8 does", m.is, coding)
		}
		return fmt.Errorf("is %s, want text", m.is)
	}
	if p := packingOf(head); p != nil {
		return fmt.Errorf("is %s in another compression, want text that is compressed once", p.name)
	}
	// Such text has them in its first line; a value of UTF-8 may have one further on.
	line := bytes.TrimLeft(head, "\r\n")
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	if bytes.IndexByte(line, 0) >= 0 {
		return errors.New("has bytes of zero, as text in UTF-16 has that begins without a byte order mark; " +
			"for CSV there is --csv-encoding utf-16le, or utf-16be; else convert it, as iconv -f UTF-16 -t UTF-8 does")
	}
	return nil
}

// isPlain says whether the head of a file may be text after all: PAR1 may be the
// name of a column.
func isPlain(head []byte) bool {
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c >= 0x80 {
			return false
		}
	}
	return true
}
