package iceberg

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// replaceInAvro replaces bytes by others of the same number in the blocks of an Avro
// file that is compressed as iceberg-go does it. Since lengths stay, so does all
// that Avro says of them.
func replaceInAvro(file, from, to []byte) ([]byte, error) {
	if len(from) != len(to) {
		return nil, fmt.Errorf("%d bytes for %d", len(to), len(from))
	}
	r := bytes.NewReader(file)
	if err := skipAvroHeader(r); err != nil {
		return nil, err
	}
	out := append([]byte{}, file[:len(file)-r.Len()]...)
	sync := out[len(out)-avroSync:]
	for r.Len() > 0 {
		rows, err := binary.ReadVarint(r)
		if err != nil {
			return nil, err
		}
		block, err := readAvroBytes(r)
		if err != nil {
			return nil, err
		}
		if _, err := r.Seek(avroSync, io.SeekCurrent); err != nil {
			return nil, err
		}
		plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(block)))
		if err != nil {
			return nil, err
		}
		packed, err := deflate(bytes.ReplaceAll(plain, from, to))
		if err != nil {
			return nil, err
		}
		out = binary.AppendVarint(out, rows)
		out = append(binary.AppendVarint(out, int64(len(packed))), packed...)
		out = append(out, sync...)
	}
	return out, nil
}

// avroSync is the length of what stands behind the header and each block.
const avroSync = 16

func skipAvroHeader(r *bytes.Reader) error {
	magic := make([]byte, 4)
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != "Obj\x01" {
		return errors.New("no Avro file")
	}
	deflated := false
	for {
		n, err := binary.ReadVarint(r)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		if n < 0 { // its size in bytes follows
			if _, err := binary.ReadVarint(r); err != nil {
				return err
			}
			n = -n
		}
		for range n {
			key, err := readAvroBytes(r)
			if err != nil {
				return err
			}
			value, err := readAvroBytes(r)
			if err != nil {
				return err
			}
			deflated = deflated || string(key) == "avro.codec" && string(value) == "deflate"
		}
	}
	if !deflated {
		return errors.New("an Avro file that is not deflated")
	}
	_, err := r.Seek(avroSync, io.SeekCurrent)
	return err
}

func readAvroBytes(r *bytes.Reader) ([]byte, error) {
	n, err := binary.ReadVarint(r)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > int64(r.Len()) {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return b, err
}

func deflate(p []byte) ([]byte, error) {
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(p); err != nil {
		return nil, err
	}
	err = w.Close()
	return buf.Bytes(), err
}
