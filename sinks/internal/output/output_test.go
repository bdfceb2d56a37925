package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
)

func TestHashIsThatOfTheFile(t *testing.T) {
	st := store.New(&store.Mem{})
	f, err := format.New(format.Options{Schema: arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, hashAlone - 1, hashAlone, 3*hashAlone + 17} {
		name := fmt.Sprintf("t/part-%d", size)
		o, err := New(t.Context(), st.Create, name, false, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range [][]byte{bytes.Repeat([]byte{7}, size), bytes.Repeat([]byte{8}, 2*size)} {
			if n, err := o.Write(p); err != nil || n != len(p) {
				t.Fatalf("write of %d bytes: %d, %v", len(p), n, err)
			}
		}
		if err := o.Commit(); err != nil {
			t.Fatal(err)
		}
		data, err := st.ReadFile(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if o.SHA256() != hex.EncodeToString(sum[:]) || o.Size() != int64(len(data)) {
			t.Errorf("writes of %d bytes: hash %s of %d bytes, and the file has %x of %d", size, o.SHA256(), o.Size(), sum, len(data))
		}
	}
}
