package parquet

import (
	"encoding/binary"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// savedHead is what a saved group starts with: the lengths of its metadata and
// of its flags.
const savedHead = 4 + 4

// Save returns e as bytes that Restore reads, and frees it.
func (e *Encoded) Save() ([]byte, error) {
	meta, err := marshal(e.meta)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, savedHead+len(meta)+len(e.nan)+int(e.data.size))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(meta)))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(e.nan)))
	out = append(out, meta...)
	for _, nan := range e.nan {
		flag := byte(0)
		if nan {
			flag = 1
		}
		out = append(out, flag)
	}
	e.data.each(func(p []byte) { out = append(out, p...) })
	e.data.free()
	return out, nil
}

// Restore is the inverse of Save. It keeps data.
func Restore(data []byte) (*Encoded, error) {
	if len(data) < savedHead {
		return nil, fmt.Errorf("a saved row group of %d bytes", len(data))
	}
	meta := savedHead + int(binary.LittleEndian.Uint32(data))
	flags := meta + int(binary.LittleEndian.Uint32(data[4:]))
	if flags > len(data) {
		return nil, fmt.Errorf("a saved row group of %d bytes, want %d for its head alone", len(data), flags)
	}
	e := &Encoded{}
	if data := data[flags:]; len(data) > 0 {
		e.data = blocks{size: int64(len(data)), full: [][]byte{data}}
	}
	for _, flag := range data[meta:flags] {
		e.nan = append(e.nan, flag == 1)
	}
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), data[savedHead:meta], &e.meta); err != nil {
		return nil, err
	}
	e.Rows = int(e.meta.NumRows)
	return e, nil
}
