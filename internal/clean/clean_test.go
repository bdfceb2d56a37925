package clean_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"leapscore/internal/clean"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, ä 世 🙂":        "plain text, ä 世 🙂",
		"a\nb\r\tc":                `a\nb\r\tc`,
		"\x1b[2J\x1b]0;x\a":        `\x1b[2J\x1b]0;x\x07`,
		"\u009b31m":                `\x9b31m`,
		"a\u202etxt.exe\u2066":     `a\u202etxt.exe\u2066`,
		"K\xf6ln":                  `K\xf6ln`,
		"an honest \ufffd stays":   "an honest \ufffd stays",
		"two\u2028lines\u2029more": `two\u2028lines\u2029more`,
	} {
		if got := clean.Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMessage(t *testing.T) {
	in := "3 columns do not fit:\n  a: \x1b[31mred\nleapscore: done\n\ttab"
	want := "3 columns do not fit:\n    a: \\x1b[31mred\n  leapscore: done\n  \ttab"
	if got := clean.Message(in); got != want {
		t.Errorf("Message(%q) = %q, want %q", in, got, want)
	}
}

func TestJSON(t *testing.T) {
	in := "{\"a\": \"\u009b31m\u202ex\u2028\",\n \"b\": \"ä\"}"
	want := `{"a": "\u009b31m\u202ex\u2028",` + "\n" + ` "b": "ä"}`
	if got := string(clean.JSON([]byte(in))); got != want {
		t.Errorf("JSON(%q) = %q, want %q", in, got, want)
	}
}

func TestSecrets(t *testing.T) {
	const key = "S3cretT0ken"
	for in, want := range map[string]string{
		"http://127.0.0.1:9/?api_key=" + key + ": connection refused":      "http://127.0.0.1:9/?api_key=***: connection refused",
		"https://acc.blob.core.windows.net/c/a.parquet?sv=2024&sig=" + key: "https://acc.blob.core.windows.net/c/a.parquet?sv=***&sig=***",
		"azblob://c/a.parquet?sas_token=" + key + "&domain=x.net":          "azblob://c/a.parquet?sas_token=***&domain=x.net",
		"s3://b/a?region=eu-1&secret_key=" + key + "&endpoint=http://h:1":  "s3://b/a?region=eu-1&secret_key=***&endpoint=http://h:1",
		"s3://b/a?endpoint=http://u:" + key + "@h:1":                       "s3://b/a?endpoint=http://***@h:1",
		"postgresql://u:" + key + "@h/db":                                  "postgresql://***@h/db",
		"postgresql://u:S3/cret@T0@h/db, want sqlite":                      "postgresql://***@h/db, want sqlite",
		"open http:/u:" + key + "@h/.x.tmp: no such file":                  "open http:/***@h/.x.tmp: no such file",
		"file:/tmp/a@b/c:d@e":                                              "file:/tmp/a@b/c:d@e",
		"(https://u:" + key + "@host/m.zip)":                               "(https://***@host/m.zip)",
		"https://" + key + "@host/m.zip":                                   "https://***@host/m.zip",
		"s3://KEY:" + key + "@bucket/x":                                    "s3://***@bucket/x",
		`"s3://b/a?sig=` + key + `": no such object`:                       `"s3://b/a?sig=***": no such object`,
		"host=h user=u password=" + key + " dbname=d":                      "host=h user=u password=*** dbname=d",
		"AccountName=a;AccountKey=" + key + "==;EndpointSuffix=x":          "AccountName=a;AccountKey=***;EndpointSuffix=x",
		"SELECT * FROM t WHERE secret_token = '" + key + " x' AND a = 'b'": "SELECT * FROM t WHERE secret_token = *** AND a = 'b'",
		"https://h/#access_token=" + key:                                   "https://h/#***",

		// Nothing is hidden of these.
		"abfss://container@account.dfs.core.windows.net/x":                  "abfss://container@account.dfs.core.windows.net/x",
		"s3://bucket/path@v1/part-?.parquet":                                "s3://bucket/path@v1/part-?.parquet",
		"s3://bucket/day=2026-11-28/a b.parquet":                            "s3://bucket/day=2026-11-28/a b.parquet",
		"http://127.0.0.1:9091/metrics":                                     "http://127.0.0.1:9091/metrics",
		"file:///tmp/x.parquet: no such file":                               "file:///tmp/x.parquet: no such file",
		`column "token" is not there; it has a, b`:                          `column "token" is not there; it has a, b`,
		"input token: want double":                                          "input token: want double",
		`{"password": "` + key + `"}`:                                       `{"password": ***}`,
		"12:30:00 a=b c:d":                                                  "12:30:00 a=b c:d",
		"check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE": "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
	} {
		if got := clean.Secrets(in); got != want {
			t.Errorf("Secrets(%q)\n got %q\nwant %q", in, got, want)
		}
	}
	if got := clean.Secrets("value "+key+" there, and abc", key, "abc", ""); got != "value *** there, and abc" {
		t.Errorf("given values: %q", got)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b\n\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := clean.Line(s)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\x1b\u202e\u009b") || clean.Line(got) != got {
			t.Errorf("Line(%q) = %q", s, got)
		}
		_ = clean.Secrets(s)
	})
}
