package delta

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sinks/delta/internal/log"
)

// Spark keeps the length of a varchar(n) beside a string, and refuses longer ones.
func TestStringsWithALimitAreRefused(t *testing.T) {
	table, err := log.ParseSchema(`{"type":"struct","fields":[{"name":"s","type":"string","nullable":true,"metadata":{"__CHAR_VARCHAR_TYPE_STRING":"varchar(3)"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fitColumns(table, arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String}}, nil))
	if err == nil || !strings.Contains(err.Error(), "varchar(3)") {
		t.Errorf("%v, want a refusal that names varchar(3)", err)
	}
}
