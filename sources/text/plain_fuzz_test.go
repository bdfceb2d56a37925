package text_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"leapscore/internal/testseed"
	"leapscore/sources"
	"leapscore/sources/sourcetest"
	"leapscore/sources/text"
)

// checkPlain checks that text is read as it is byte by byte: columns, rows, flaws and errors.
func checkPlain(t *testing.T, in string, opt sources.Options) {
	t.Helper()
	for _, read := range []int{1 << 16, 40} {
		lines, bad, err := readAs(text.Open, in, opt, 1000, 1<<20, read)
		wantLines, wantBad, wantErr := readAs(text.OpenPlain, in, opt, 1000, 1<<20, read)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("%q: error %v\nbyte by byte  %v", in, err, wantErr)
		}
		if !slices.Equal(lines, wantLines) || !slices.Equal(bad, wantBad) {
			t.Fatalf("%q: %q, bad %q\nbyte by byte  %q, bad %q", in, lines, bad, wantLines, wantBad)
		}
	}
}

// FuzzJSONPlain checks that the fast way to read JSON lines reads them as a jsonCursor does. Rows
// come several times, as what is fast is so from the second row on.
func FuzzJSONPlain(f *testing.F) {
	for _, s := range []string{`{"id":1,"price":2.5,"name":"a","zzz":[1]}`, `{"id": -7, "price": null, "by": {"k":1e3}}`, `{"price":123456789012345678,"big":9007199254740993}`,
		`{"big":1.5,"name":"caf\u00e9 é"}`, `{"price":-0,"id":-0,"big":-0.0}`, `{"name":"x","name":"y"}`, `{"ok":true,"id":3.0}`, "{\"a\":1}\r", `{"price":0.30000000000000004}`,
		`{"price":"NaN"}`, `{"name":null,"b":"Infinity"}`, `{"id":01}`, `{"name":"` + "\xff" + `"}`, `{"id":1} x`, `{"id":1]`, `{}`, ` {"id":1}`, `}`} {
		f.Add(s, s, true)
		f.Add(s, `{"name":"b","id":2}`, false)
	}
	f.Fuzz(func(t *testing.T, a, b string, typed bool) {
		opt := sources.Options{Format: sources.JSON}
		if typed {
			opt.Types = sourcetest.TextTypes
		}
		checkPlain(t, strings.Join([]string{a, a, b, a, b, b}, "\n"), opt)
		checkPlain(t, strings.Join([]string{b, a, a}, "\r\n"), opt)
		checkPlain(t, strings.Join([]string{a, a, b}, "\r"), opt)
	})
}

// TestJSONIsReadAsByteByByte does the same with rows that are nearly alike.
func TestJSONIsReadAsByteByByte(t *testing.T) {
	rng := testseed.OfClock(t)
	values := []string{"1", "-1", "0", "-0", "2.5", "1e3", "1E-2", "0.1234567890123456", "9007199254740993", "123456789012345678", "1234567890123456789", "18446744073709551615",
		"12345678901234567890123", "0.00000000000000000000000001", `"a"`, `""`, `"x y z, and more than eight"`, `"é"`, `"a long text with an umlaut ü in it"`, `"\n"`, `"\ud800"`, "\"\xff\"",
		"\"\t\"", "true", "false", "null", "nul", "NaN", `"NaN"`, "[1,2]", `{"k":1}`, "01", "1.", "-", "+1", "tru", "1 ", ""}
	for range 300 {
		opt := sources.Options{Format: sources.JSON}
		if rng.IntN(2) == 0 {
			opt.Types = sourcetest.TextTypes
		}
		checkPlain(t, randomRows(rng, values), opt)
	}
}

// randomRows are rows of JSON whose columns mostly have values like the first.
func randomRows(rng *rand.Rand, values []string) string {
	keys := []string{"id", "price", "name", "ok", "big", "a", "b"}
	rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	keys = keys[:1+rng.IntN(len(keys))]
	usual := make([]string, len(keys))
	for i := range usual {
		usual[i] = values[rng.IntN(len(values))]
	}
	colon, comma, end := []string{":", ": "}[rng.IntN(2)], []string{",", ", "}[rng.IntN(2)], []string{"\n", "\r\n", "\n\n", " \n"}[rng.IntN(4)]
	var b strings.Builder
	for range 1 + rng.IntN(20) {
		var pairs []string
		for i, key := range keys {
			value := usual[i]
			if rng.IntN(12) == 0 {
				value = values[rng.IntN(len(values))]
			}
			if rng.IntN(15) > 0 {
				pairs = append(pairs, fmt.Sprintf("%q%s%s", key, colon, value))
			}
		}
		if rng.IntN(10) == 0 {
			rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
		}
		b.WriteString("{" + strings.Join(pairs, comma) + "}" + end)
	}
	return b.String()
}

// FuzzCSVPlain checks that the fast way to read CSV reads what csvFields does.
func FuzzCSVPlain(f *testing.F) {
	for _, s := range []string{"1,2.5,a\n2,,\"b\"\n3,x,\"c,d\"\n", "1,2,\"a\"\"b\"\r\n2,-0,\"x\ny\"\r\n", "1,.5,\xff\n1,5., \n 2 ,3,é\n", "1,2\n1,2,3,4\n\n,,\n", "1,2,\"a\"b\n1,2,a\"\n\"", "1,NA,NA\n\"NA\",-,\"NA\"\n"} {
		f.Add(s, byte(','), byte('"'), false)
		f.Add(strings.ReplaceAll(s, ",", ";"), byte(';'), byte('\''), true)
	}
	f.Fuzz(func(t *testing.T, in string, delimiter, escape byte, nulls bool) {
		if delimiter == 0 || delimiter >= 0x80 || escape == 0 || escape >= 0x80 || strings.ContainsRune("\r\n\"", rune(delimiter)) || strings.ContainsRune("\r\n", rune(escape)) || delimiter == escape {
			return
		}
		opt := sources.Options{Format: sources.CSV, Types: sourcetest.TextTypes, CSV: sources.Dialect{Delimiter: delimiter, Quote: '"', Escape: escape}}
		if nulls {
			opt.CSV.Nulls = []string{"NA", "-"}
		}
		head := strings.Join([]string{"id", "price", "name"}, string(delimiter))
		checkPlain(t, head+"\n"+in+"\n"+in, opt)
		checkPlain(t, head+"\r\n"+strings.ReplaceAll(in, "\n", "\r\n"), opt)
		checkPlain(t, head+"\r"+strings.ReplaceAll(in, "\n", "\r"), opt)
	})
}

// TestCSVIsReadAsByteByByte does the same with longer tables.
func TestCSVIsReadAsByteByByte(t *testing.T) {
	rng := testseed.OfClock(t)
	fields := []string{"1", "-1", "0", "-0", "2.5", "1e3", "007", ".5", "5.", "0.1234567890123456", "123456789012345678", "12345678901234567890123", " 3 ", "", `""`, `"a"`, `"4"`, `"a,b"`, "\"a\nb\"",
		`"a""b"`, "é", "a long text, no", "\xff", "NA", "x", "\x00", `a"`, `"a"b`}
	for range 200 {
		var b strings.Builder
		b.WriteString("id,price,name,ok\n")
		end := []string{"\n", "\r\n"}[rng.IntN(2)]
		for range rng.IntN(200) {
			row := []string{"12", "3.75", strings.Repeat("text ", rng.IntN(30)), "true"}
			if rng.IntN(8) == 0 {
				row[rng.IntN(len(row))] = fields[rng.IntN(len(fields))]
			}
			if rng.IntN(50) == 0 {
				row = row[:rng.IntN(len(row))]
			}
			b.WriteString(strings.Join(row, ",") + end)
		}
		checkPlain(t, b.String(), sources.Options{Format: sources.CSV, Types: sourcetest.TextTypes})
	}
}
