package text_test

import (
	"strings"
	"testing"

	"leapscore/sources/text"
)

// A record that comes in pieces is looked at once: what was looked at is not
// looked at again, however many lines it has.
func TestTheEndOfARecordIsLookedForOnce(t *testing.T) {
	records := []string{
		"a,b\n",
		"\"" + strings.Repeat("x\n", 50) + "\",2\n",
		"\"a\"\"\n\"\"b\",\"\",\"\n\"\n",
		"a,\"b\",c,\"d\n\",e\n",
		strings.Repeat("\"q\",", 30) + "\n",
	}
	for _, rec := range records {
		value := []byte(rec + "next,\"\n\"\n")
		var c text.Cut
		for size := 1; ; size++ {
			end := text.CSVEnd(value[:size], false, &c)
			if end > 0 {
				if end != len(rec) || size != len(rec) {
					t.Errorf("%q: end %d found in %d bytes", rec, end, size)
				}
				break
			}
			if c.At() != size {
				t.Fatalf("%q: looked at %d bytes of %d", rec, c.At(), size)
			}
		}
		if end := text.CSVEnd(value, false, &text.Cut{}); end != len(rec) {
			t.Errorf("%q: end %d in one piece", rec, end)
		}
		if end := text.CSVEnd(value[:len(rec)-1], true, &text.Cut{}); end != len(rec)-1 {
			t.Errorf("%q: end %d at the end of the file", rec, end)
		}
	}
}
