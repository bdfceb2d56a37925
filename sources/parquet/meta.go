package parquet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The structures of parquet.thrift that a footer consists of are declared here,
// with the fields that reading needs: those of package format ask for values
// that the format lets writers leave out, and keep statistics that no scan uses.

type keyValue struct {
	Key   string `thrift:"1,required"`
	Value string `thrift:"2,optional"`
}

type chunkMeta struct {
	Type                  format.Type                            `thrift:"1,required"`
	Encoding              thrift.Slice[format.Encoding]          `thrift:"2,required"`
	Codec                 format.CompressionCodec                `thrift:"4,required"`
	NumValues             int64                                  `thrift:"5,required"`
	TotalUncompressedSize int64                                  `thrift:"6,required"`
	TotalCompressedSize   int64                                  `thrift:"7,required"`
	DataPageOffset        int64                                  `thrift:"9,required"`
	DictionaryPageOffset  int64                                  `thrift:"11,optional"`
	EncodingStats         thrift.Slice[format.PageEncodingStats] `thrift:"13,optional"`
}

type columnChunk struct {
	FilePath          string                      `thrift:"1,optional"`
	MetaData          chunkMeta                   `thrift:"3,optional"`
	OffsetIndexOffset int64                       `thrift:"4,optional"`
	OffsetIndexLength int32                       `thrift:"5,optional"`
	CryptoMetadata    format.ColumnCryptoMetaData `thrift:"8,optional"`
}

type rowGroup struct {
	Columns thrift.Slice[columnChunk] `thrift:"1,required"`
	NumRows int64                     `thrift:"3,required"`
}

type fileFooter struct {
	Schema              thrift.Slice[format.SchemaElement] `thrift:"2,required"`
	NumRows             int64                              `thrift:"3,required"`
	RowGroups           thrift.Slice[rowGroup]             `thrift:"4,required"`
	KeyValueMetadata    thrift.Slice[keyValue]             `thrift:"5,optional"`
	CreatedBy           string                             `thrift:"6,optional"`
	EncryptionAlgorithm format.EncryptionAlgorithm         `thrift:"8,optional"`
}

// signatureBytes is how many bytes sign the footer of a file that has encrypted
// columns: a nonce and a tag.
const signatureBytes = 28

// decodeFooter decodes a footer. It walks it first, without building anything,
// so that a damaged length cannot make the decoder ask for memory that is not
// there.
func decodeFooter(b []byte) (*fileFooter, error) {
	r := &compactReader{b: b}
	r.skip(12, 0)
	if r.err != nil {
		return nil, r.err
	}
	f := new(fileFooter)
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), b[:r.pos], f); err != nil {
		return nil, err
	}
	signed := f.EncryptionAlgorithm.Value != nil && len(b)-r.pos == signatureBytes
	if r.pos != len(b) && !signed {
		return nil, fmt.Errorf("%d bytes behind its end", len(b)-r.pos)
	}
	return f, nil
}

var errEncrypted = errors.New("it is encrypted, and there is no way to give a key; leave it out, or decrypt the file first")

// markEncrypted makes the columns that are encrypted in some row group errors.
// Those beside them may be in the clear.
func (m *metadata) markEncrypted() {
	for _, c := range m.cols {
		for _, l := range c.leaves() {
			for g := range m.format.RowGroups {
				chunks := m.format.RowGroups[g].Columns
				if l.index < len(chunks) && chunks[l.index].CryptoMetadata.Value != nil {
					c.err = fmt.Errorf("column %q: %w", c.field.Name, errEncrypted)
				}
			}
		}
	}
}

// writer is the program that wrote a file, and its version.
type writer struct {
	name    string
	version [3]int
}

// writerOf reads what footers call created_by, as in "parquet-mr version 1.2.8
// (build 123)". A version that is not there is 0.0.0.
func writerOf(createdBy string) writer {
	name, rest, _ := strings.Cut(strings.ToLower(createdBy), " version ")
	w := writer{name: strings.TrimSpace(name)}
	for i, part := range strings.SplitN(strings.TrimSpace(rest), ".", 3) {
		end := 0
		for end < len(part) && part[end] >= '0' && part[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(part[:end])
		if err != nil {
			break
		}
		w.version[i] = n
		if end < len(part) && i < 2 {
			break
		}
	}
	return w
}

// before reports whether the writer is this program in a lower version.
func (w writer) before(name string, version ...int) bool {
	if w.name != name {
		return false
	}
	for i, v := range version {
		if w.version[i] != v {
			return w.version[i] < v
		}
	}
	return false
}

// dictHeader is more than what a dictionary page's header takes.
const dictHeader = 100

// mend undoes what old writers were wrong about: see PARQUET-816 for chunks
// whose size leaves out the header of the dictionary page. size is that of the
// file.
func (f *fileFooter) mend(size int64) {
	if f.NumRows == 0 {
		// The first versions of parquet-rs did not count the rows of the file. Its
		// row groups say how many they have.
		for _, rg := range f.RowGroups {
			f.NumRows += max(rg.NumRows, 0)
		}
	}
	if !writerOf(f.CreatedBy).before("parquet-mr", 1, 2, 9) {
		return
	}
	for g := range f.RowGroups {
		for c := range f.RowGroups[g].Columns {
			md := &f.RowGroups[g].Columns[c].MetaData
			if _, end := chunkRange(md); end > 0 && end < size {
				md.TotalCompressedSize += min(dictHeader, size-end)
			}
		}
	}
}
