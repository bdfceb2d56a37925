package parquet_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/parquet-go/parquet-go"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

func TestDamageOfTheArrowSchemaInAFooterIsNoticed(t *testing.T) {
	var fields []arrow.Field
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64})
	}
	var stream bytes.Buffer
	w := ipc.NewWriter(&stream, ipc.WithSchema(arrow.NewSchema(fields, nil)))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	count := binary.LittleEndian.AppendUint32(nil, uint32(len(fields)))
	at := bytes.Index(stream.Bytes(), count)
	if at < 0 {
		t.Fatal("no list of fields")
	}
	for _, c := range []struct {
		name string
		at   int
		want string
	}{
		{"whole", -1, ""},
		{"count of fields", at + 2, "damaged footer: ARROW:schema: "},
		{"length of the message", 7, "damaged footer: ARROW:schema: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			schema := bytes.Clone(stream.Bytes())
			if c.at >= 0 {
				schema[c.at] ^= 0x40
			}
			var file bytes.Buffer
			w := parquet.NewGenericWriter[struct {
				A int64 `parquet:"a"`
			}](&file, parquet.KeyValueMetadata("ARROW:schema", base64.StdEncoding.EncodeToString(schema)))
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			src, err := files.Open(t.Context(), []string{sourcetest.WriteFile(t, filepath.Join(t.TempDir(), "a.parquet"), file.String())}, sources.Options{})
			if err == nil {
				defer src.Close()
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
