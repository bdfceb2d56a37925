package store

import (
	"strings"
	"testing"
)

func TestPlacesAreTakenAsOtherProgramsSpellThem(t *testing.T) {
	for where, want := range map[string]string{
		"a/b.zip":         "a/b.zip",
		"a:/b.zip":        "a:/b.zip",
		"file:/x/y.zip":   "file:///x/y.zip",
		"file:///x/y.zip": "file:///x/y.zip",
		"s3://b/k":        "s3://b/k",
		"s3a://b/k/*.csv": "s3://b/k/*.csv",
		"s3n://b/k?x=1":   "s3://b/k?x=1",
		"gs://b/k":        "gs://b/k",
		"azblob://c/k":    "azblob://c/k",
		"abfss://c@a.dfs.core.windows.net/k/part-?.csv":     "azblob://c/k/part-?.csv?storage_account=a",
		"abfs://c@a.dfs.core.windows.net":                   "azblob://c/?storage_account=a",
		"wasbs://c@a.blob.core.windows.net/k?localemu=true": "azblob://c/k?storage_account=a&localemu=true",
		"abfss://c@a.dfs.core.chinacloudapi.cn/k":           "azblob://c/k?storage_account=a&domain=blob.core.chinacloudapi.cn",
	} {
		if got, err := Plain(where); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", where, got, err, want)
		}
	}
}

func TestPlacesThatNoDriverReadsAreRefusedByName(t *testing.T) {
	for where, want := range map[string]string{
		"hdfs://node:8020/x":           "hdfs dfs -get",
		"hdfs:/x":                      "hdfs dfs -get",
		"dbfs:/mnt/x":                  "write /dbfs/... for dbfs:/...",
		"https://host/x.parquet":       "only models (--model) are read from web servers",
		"jar:file:/x.zip":              "jar: is for models",
		"abfss://container/x":          "want abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH",
		"abfss://c@host.example/x":     "want abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH",
		"wasbs://@a.blob.core.x/k":     "want wasbs://CONTAINER@ACCOUNT",
		"ftp://host/x":                 `scheme "ftp"`,
		"abfss://c@a.dfs.evil?x/k":     "want abfss://CONTAINER@ACCOUNT",
		"abfss://c@a.dfs.e&domain=x/k": "want abfss://CONTAINER@ACCOUNT",
	} {
		_, _, err := Open(t.Context(), where)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), where+": ") {
			t.Errorf("open %s: %v, want an error that begins with the place and says %q", where, err, want)
		}
	}
}

func TestModelsMayBeCalledAsJavaCallsThem(t *testing.T) {
	for where, want := range map[string]string{
		"m.zip":                  "m.zip",
		"jar:file:/x/m.zip":      "file:/x/m.zip",
		"jar:file:///x/m.zip!/":  "file:///x/m.zip",
		"jar:https://host/m.zip": "https://host/m.zip",
		"jar:x.zip":              "jar:x.zip", // a path
	} {
		if got, err := ModelPlace(where); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", where, got, err, want)
		}
	}
	if _, err := ModelPlace("jar:file:/x.zip!/inner"); err == nil || !strings.Contains(err.Error(), "a bundle is a whole zip file") {
		t.Errorf("an entry of a zip: %v, want an error", err)
	}
}

// A file URL and the path are one place.
func TestFileURLsWithOneSlashAreThePath(t *testing.T) {
	dir := t.TempDir()
	for _, where := range []string{dir + "/x", "file:" + dir + "/x", "file://" + dir + "/x", "file://localhost" + dir + "/x"} {
		st, name, err := Open(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		if got := st.URL(name); got != dir+"/x" {
			t.Errorf("%s: %s, want %s/x", where, got, dir)
		}
		st.Close()
	}
}

func FuzzPlain(f *testing.F) {
	for _, seed := range []string{"jar:file:/x.zip!/", "file:/x", "s3a://b/k?x=1", "abfss://c@a.dfs.core.windows.net/k?*", "wasb://c@a.blob.b.c/?", "dbfs:/x", "a?b://c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, where string) {
		inner, err := ModelPlace(where)
		if err != nil {
			return
		}
		plain, err := Plain(inner)
		if err != nil {
			return
		}
		if again, err := Plain(plain); err != nil || again != plain {
			t.Errorf("%q is %q, and that is %q, %v: want one spelling", inner, plain, again, err)
		}
		if IsURL(inner) != IsURL(plain) {
			t.Errorf("%q is a URL: %v, and %q: %v", inner, IsURL(inner), plain, IsURL(plain))
		}
		if place, _ := CutParameters(plain); !strings.HasPrefix(plain, place) {
			t.Errorf("%q has the place %q", plain, place)
		}
	})
}
