package stores

import (
	"maps"
	"strings"
	"testing"

	"leapscore/integration/servers"
)

// A job gives the same table, whoever's spelling its places have: Hadoop's, or that of
// the stores.
func TestPlacesInHadoopsSpellingAreTheSame(t *testing.T) {
	azure := servers.Azure(t)
	account := strings.TrimPrefix(azure.Env[0], "AZURE_STORAGE_ACCOUNT=")
	for _, c := range []struct {
		s      *servers.Server
		hadoop string
	}{
		{servers.S3(t), "s3a://bucket/"},
		{azure, "abfss://bucket@" + account + ".dfs.core.windows.net/"},
		{azure, "wasbs://bucket@" + account + ".blob.core.windows.net/"},
	} {
		put(t, c.s)
		theirs := func(name string) string {
			return strings.Replace(c.s.URL(name), c.s.Scheme+"://bucket/", c.hadoop, 1)
		}
		for folder, place := range map[string]func(string) string{"usual": c.s.URL, "hadoop": theirs} {
			r := leapscore(t, []*servers.Server{c.s}, "score", "--model", place("model/lr.zip"), "--input", place("rows/*/*.csv"),
				"--output", place(folder), "--on-error", "reject", "--rejects", place(folder+"-rejects"), "--max-errors", "10", "--record", place(folder+".json"),
				"--mode", "overwrite", "--json")
			if r.code != 0 {
				t.Fatalf("%s: exit %d: %s", place(""), r.code, r.stderr)
			}
			counts(t, r.stdout, 8, 7, 1)
			if record := string(read(t, c.s, folder+".json")); !strings.Contains(record, `"`+folder) && !strings.Contains(record, "/"+folder) {
				t.Errorf("%s: the record does not name the output: %s", place(""), record)
			}
			r = leapscore(t, []*servers.Server{c.s}, "score", "--model", place("model/lr"), "--sql", "SELECT * FROM '"+place("rows/part=a/homes.csv")+"'",
				"--output", place(folder+"-sql"), "--mode", "overwrite", "--json")
			if r.code != 0 {
				t.Fatalf("query of %s: exit %d: %s", place(""), r.code, r.stderr)
			}
		}
		for _, kind := range []string{"", "-rejects", "-sql"} {
			usual, hadoop := table(t, c.s, "usual"+kind), table(t, c.s, "hadoop"+kind)
			if len(usual) == 0 || kind != "-rejects" && !maps.Equal(usual, hadoop) || len(usual) != len(hadoop) {
				t.Errorf("%s: table%s of %v, want %v as with %s", c.hadoop, kind, hadoop, usual, c.s.URL(""))
			}
		}
		r := leapscore(t, []*servers.Server{c.s}, "score", "--model", theirs("model/lr.zip"), "--input", c.s.URL("rows/*/*.csv"), "--output", theirs("rows"), "--mode", "overwrite")
		if r.code != 2 {
			t.Errorf("%s: an output that is also the input, in two spellings: exit %d: %s, want 2", c.hadoop, r.code, r.stderr)
		}
	}
}
