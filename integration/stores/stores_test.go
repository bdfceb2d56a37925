// Package stores tests whole runs from and to object stores, and through a proxy
// that makes requests fail. It has no code of its own.
package stores

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/enginetest"
	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/integration/servers"
	"leapscore/integration/tools"
)

// homes are rows of which the model refuses one, row 3 of the second file.
var homes = []string{
	"id,city,kind,rooms,area,note\n1,Oslo,flat,3,80.5,a\n2,Rome,house,5,140.25,b\n3,Oslo,house,4,99,\n",
	"id,city,kind,rooms,area,note\n4,Rome,flat,2,45,c\n5,Oslo,flat,1,30.125,d\n6,Rome,house,6,201,e\n7,Paris,house,6,201,e\n8,Rome,flat,1,20,\n",
}

// put writes the inputs of this test's job: a model as a zip and as a folder,
// and rows in two files.
func put(t *testing.T, s *servers.Server) {
	t.Helper()
	lr := enginetest.Linear("error")
	files := map[string][]byte{"model/lr.zip": lr.Zip()}
	for name, data := range lr.Files() {
		files["model/lr/"+name] = data
	}
	for i, rows := range homes {
		files["rows/part="+string(rune('a'+i))+"/homes.csv"] = []byte(rows)
	}
	st := open(t, s)
	for name, data := range files {
		if err := st.WriteFile(t.Context(), at(s, name), data); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, s *servers.Server) *store.Store {
	t.Helper()
	s.Setenv(t)
	st, _, err := store.Open(context.Background(), s.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// at is the name of an object in the store that open returns.
func at(s *servers.Server, name string) string {
	if s.Scheme == "file" {
		return strings.TrimPrefix(filepath.ToSlash(filepath.Join(s.Dir, s.Bucket, name)), "/")
	}
	return name
}

// list returns the names of all objects below a folder.
func list(t *testing.T, s *servers.Server, folder string) []string {
	t.Helper()
	var names []string
	prefix := at(s, folder) + "/"
	err := open(t, s).List(t.Context(), prefix, true, func(o store.Object) error {
		names = append(names, strings.TrimPrefix(o.Name, prefix))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, s *servers.Server, name string) []byte {
	t.Helper()
	data, err := open(t, s).ReadFile(t.Context(), at(s, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// result is how a run of the command ended.
type result struct {
	code   int
	stdout string
	stderr string
}

// leapscore runs the command with what the servers want in the environment.
func leapscore(t *testing.T, ss []*servers.Server, args ...string) result {
	t.Helper()
	program.Store(tools.Leapscore(t))
	var env []string
	for _, s := range ss {
		env = append(env, s.Env...)
	}
	return command(env, args...)
}

// program is the path of the command, once it was built.
var program atomic.Value

// command runs it. A run that does not even start has exit code -1.
func command(env []string, args ...string) result {
	cmd := exec.Command(program.Load().(string), args...)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(os.TempDir(), "no-configuration"))
	cmd.Env = append(cmd.Env, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		return result{-1, "", err.Error()}
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// uuids are what runs put into names of files.
var uuids = regexp.MustCompile(`-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// table returns the hashes of the data files of a table, by their names without
// the run.
func table(t *testing.T, s *servers.Server, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range list(t, s, folder) {
		base := path.Base(name)
		if strings.HasPrefix(base, "_") || strings.HasPrefix(name, "_") {
			continue
		}
		sum := sha256.Sum256(read(t, s, folder+"/"+name))
		plain := uuids.ReplaceAllString(name, "")
		if files[plain] != "" {
			t.Errorf("%s: left by another run beside the table's", name)
		}
		files[plain] = hex.EncodeToString(sum[:])
	}
	return files
}

func TestTheSameJobOnEveryStoreGivesTheSameBytes(t *testing.T) {
	var first map[string]map[string]string
	for _, s := range servers.All(t) {
		t.Run(s.Scheme, func(t *testing.T) {
			put(t, s)
			tables := map[string]map[string]string{}
			for _, model := range []string{"model/lr.zip", "model/lr"} {
				r := leapscore(t, []*servers.Server{s}, "score", "--model", s.URL(model),
					"--input", s.URL("rows/**/*.csv"), "--input-format", "csv", "--keep", "all",
					"--output", s.URL("out"), "--on-error", "reject", "--rejects", s.URL("rejects"), "--mode", "overwrite", "--json")
				if r.code != 0 {
					t.Fatalf("exit %d: %s", r.code, r.stderr)
				}
				counts(t, r.stdout, 8, 7, 1)
				if got := read(t, s, "out/_SUCCESS"); !json.Valid(got) {
					t.Errorf("_SUCCESS is %q", got)
				}
				tables[model] = table(t, s, "out")
				if got := table(t, s, "rejects"); len(got) != 1 {
					t.Errorf("rejects are in %v, want one file", got)
				}
			}
			if first == nil {
				first = tables
			}
			if d := cmp.Diff(first, tables); d != "" || len(tables["model/lr"]) == 0 {
				t.Errorf("not as in a folder:\n%s", d)
			}
			noSideFiles(t, s)
		})
	}
}

func counts(t *testing.T, stdout string, in, out, rejected int64) {
	t.Helper()
	var m struct {
		In       int64 `json:"rows_in"`
		Out      int64 `json:"rows_out"`
		Rejected int64 `json:"rows_rejected"`
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &m); err != nil {
		t.Fatal(err)
	}
	if m.In != in || m.Out != out || m.Rejected != rejected {
		t.Errorf("%+v, want %d in, %d out, %d rejected", m, in, out, rejected)
	}
}

// noSideFiles fails if a local folder holds what readers of tables could take
// for data: attributes of objects, temporary files.
func noSideFiles(t *testing.T, s *servers.Server) {
	t.Helper()
	if s.Scheme != "file" {
		return
	}
	err := filepath.WalkDir(s.Dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(name, ".attrs") || strings.Contains(d.Name(), ".tmp")) {
			t.Errorf("left beside the data: %s", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPathsAndURLsMayBeMixed(t *testing.T) {
	s := servers.S3(t)
	put(t, s)
	dir := t.TempDir()
	local := filepath.Join(dir, "homes.csv")
	if err := os.WriteFile(local, []byte(homes[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(dir, "lr.zip")
	if err := os.WriteFile(model, enginetest.Linear("error").Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := leapscore(t, []*servers.Server{s}, "score", "--model", model, "--keep", "id",
		"--input", local, "--input", s.URL("rows/part={a,none}/*.csv"), "--output", filepath.Join(dir, "out"), "--json")
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	counts(t, r.stdout, 6, 6, 0)
}
