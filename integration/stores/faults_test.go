package stores

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"leapscore/integration/servers"
	"leapscore/integration/tools"
)

// job is the job of put into folder.
func job(s *servers.Server, folder string) []string {
	return []string{
		"score", "--model", s.URL("model/lr"), "--input", s.URL("rows/**/*.csv"), "--keep", "all",
		"--output", s.URL(folder), "--on-error", "reject", "--rejects", s.URL(folder + ".rejects"), "--mode", "overwrite", "--json",
	}
}

// scored runs the job of put into folder.
func scored(t *testing.T, s *servers.Server, folder string, more ...string) result {
	t.Helper()
	return leapscore(t, []*servers.Server{s}, append(job(s, folder), more...)...)
}

// Requests to servers that are overloaded, or whose connections break, are
// retried at any stage.
func TestARunSurvivesFaultsThatPass(t *testing.T) {
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		put(t, s)
		if r := scored(t, s, "quiet"); r.code != 0 {
			t.Fatalf("%s: exit %d: %s", s.Scheme, r.code, r.stderr)
		}
		want := table(t, s, "quiet")
		faults := []struct {
			name  string
			fault servers.Fault
		}{
			{"500", servers.Error500}, {"503", servers.SlowDown}, {"reset", servers.Reset},
			{"cut by reset", servers.HalfReset}, {"cut short", servers.HalfShort}, {"answer lost", servers.Lost},
		}
		folder := func(k int) string { return fmt.Sprintf("k%03d", k) }
		atEach(len(faults), func(k int) result {
			p := servers.Through(t, s)
			p.Plan(servers.Every(5, faults[k-1].fault))
			return command(p.Env, job(p.Server, folder(k))...)
		}, func(k int, r result) {
			t.Run(s.Scheme+" "+faults[k-1].name, func(t *testing.T) {
				if r.code != 0 {
					t.Fatalf("exit %d: %s", r.code, r.stderr)
				}
				counts(t, r.stdout, 8, 7, 1)
				if d := cmp.Diff(want, table(t, s, folder(k))); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// From request k on, the store is gone: the run says which object it was about.
// Once it is back, and the run has given no sign of life for long enough, the next
// one makes the table as if nothing had been, and leaves no file but the table's.
func TestAStoreThatGoesForGoodAtAnyRequestLeavesTheOldTable(t *testing.T) {
	for _, tt := range []struct {
		s    *servers.Server
		step int // from k to k
	}{{servers.S3(t), 1}, {servers.GCS(t), 12}, {servers.Azure(t), 12}} {
		t.Run(tt.s.Scheme, func(t *testing.T) { goesForGood(t, tt.s, tt.step) })
	}
}

func goesForGood(t *testing.T, s *servers.Server, step int) {
	put(t, s)
	tools.Leapscore(t)
	count := servers.Through(t, s)
	if r := scored(t, count.Server, "old"); r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	requests := len(count.Seen())
	want := published(t, s, "old")
	if d := cmp.Diff(want, table(t, s, "old")); d != "" {
		t.Fatalf("the folder does not hold what the manifest lists:\n%s", d)
	}
	rejects := table(t, s, "old.rejects")
	t.Logf("%d requests", requests)
	folder := func(k int) string { return fmt.Sprintf("k%03d", k) }
	atEach(requests/step, func(k int) result {
		p := servers.Through(t, s)
		p.Env = append(p.Env, "AWS_MAX_ATTEMPTS=1")
		p.Plan(func(r servers.Request) servers.Fault {
			if r.N >= k*step {
				return servers.Error500
			}
			return servers.Pass
		})
		return run(p.Server, folder(k), "--io-timeout", "1s") // there is nothing to wait for
	}, func(k int, r result) {
		// At the very end only the removal of old files can fail.
		if r.code != 0 && (r.code != 1 && r.code != 3 || !strings.Contains(r.stderr, s.Scheme+"://bucket/")) {
			t.Errorf("request %d: exit %d: %s", k*step, r.code, r.stderr)
		}
	})
	time.Sleep(4 * time.Second) // a run is not taken for dead before it has missed three signs of life
	atEach(requests/step, func(k int) result { return run(s, folder(k)) }, func(k int, r result) {
		if r.code != 0 {
			t.Errorf("request %d, the run after: exit %d: %s", k*step, r.code, r.stderr)
			return
		}
		if d := cmp.Diff(want, published(t, s, folder(k))); d != "" {
			t.Errorf("request %d: the table after is another:\n%s", k*step, d)
		}
		if d := cmp.Diff(want, table(t, s, folder(k))); d != "" {
			t.Errorf("request %d: the folder after is another:\n%s", k*step, d)
		}
		if d := cmp.Diff(rejects, table(t, s, folder(k)+".rejects")); d != "" {
			t.Errorf("request %d: the rejects after are others:\n%s", k*step, d)
		}
	})
}

// atEach runs do for 1 to n, a few at once, and then gives what each returned to
// check.
func atEach(n int, do func(k int) result, check func(k int, r result)) {
	results := make([]result, n+1)
	g := new(errgroup.Group)
	g.SetLimit(6)
	for k := 1; k <= n; k++ {
		g.Go(func() error {
			results[k] = do(k)
			return nil
		})
	}
	_ = g.Wait() // do returns no errors
	for k := 1; k <= n; k++ {
		check(k, results[k])
	}
}

// published returns the hashes of the files that the manifest of a table lists.
func published(t *testing.T, s *servers.Server, folder string) map[string]string {
	t.Helper()
	var m struct {
		Files []struct{ Name, SHA256 string }
	}
	if err := json.Unmarshal(read(t, s, folder+"/_SUCCESS"), &m); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range m.Files {
		sum := sha256.Sum256(read(t, s, folder+"/"+f.Name))
		if hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s/%s is not what the manifest says", folder, f.Name)
		}
		files[uuids.ReplaceAllString(f.Name, "")] = f.SHA256
	}
	return files
}

// run is scored for goroutines, with little patience.
func run(s *servers.Server, folder string, more ...string) result {
	return command(s.Env, append(append(job(s, folder), "--sweep-after", "1s"), more...)...)
}

func TestAStallIsAnErrorThatNamesTheObject(t *testing.T) {
	s := servers.S3(t)
	put(t, s)
	program.Store(tools.Leapscore(t))
	cases := []struct {
		name  string // what the error names
		fault servers.Fault
		of    func(servers.Request) bool
	}{
		{"s3://bucket/model/lr", servers.Stall, func(r servers.Request) bool { return r.Method == "HEAD" }},
		{"s3://bucket/rows/", servers.Stall, func(r servers.Request) bool { return strings.Contains(r.Query, "prefix=rows") }},
		{"s3://bucket/rows/", servers.HalfStall, func(r servers.Request) bool { return strings.Contains(r.Query, "prefix=rows") }},
		{"s3://bucket/rows/part=b", servers.Stall, func(r servers.Request) bool { return strings.Contains(r.Path, "part=b") }},
		{"s3://bucket/rows/part=b", servers.HalfStall, func(r servers.Request) bool { return strings.Contains(r.Path, "part=b") }},
		{"s3://bucket/out6", servers.Stall, func(r servers.Request) bool { return r.Method == "PUT" && strings.Contains(r.Path, "out6/part-") }},
	}
	out := func(k int) string { return fmt.Sprint("out", k) }
	atEach(len(cases), func(k int) result {
		tt, p := cases[k-1], servers.Through(t, s)
		p.Plan(func(r servers.Request) servers.Fault {
			if tt.of(r) {
				return tt.fault
			}
			return servers.Pass
		})
		return command(p.Env, append(job(p.Server, out(k)), "--io-timeout", "8s")...) // nothing else takes that long
	}, func(k int, r result) {
		tt := cases[k-1]
		t.Run(fmt.Sprint(tt.name, tt.fault), func(t *testing.T) {
			if r.code == 0 || !strings.Contains(r.stderr, tt.name) || !strings.Contains(r.stderr, "no sign of life for 8s") {
				t.Errorf("exit %d: %s, want one that names %s", r.code, r.stderr, tt.name)
			}
			if got := list(t, s, out(k)); len(got) > 0 {
				t.Errorf("left behind: %q", got)
			}
		})
	})
}

// The server is killed when the first data has come, or as the first part is
// put, and is back a little later.
func TestARunOutlivesItsServer(t *testing.T) {
	s := servers.S3(t)
	put(t, s)
	if r := scored(t, s, "quiet"); r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	for name, at := range map[string]func(servers.Request) bool{
		"reading": func(r servers.Request) bool { return strings.Contains(r.Path, "part=b") },
		"writing": func(r servers.Request) bool { return r.Method == "PUT" },
	} {
		t.Run(name, func(t *testing.T) {
			p := servers.Through(t, s)
			var once sync.Once
			back := make(chan struct{})
			p.Plan(func(r servers.Request) servers.Fault {
				if at(r) {
					once.Do(func() {
						p.Stop()
						time.AfterFunc(time.Second, func() { close(back) })
					})
				}
				return servers.Pass
			})
			done := make(chan result)
			go func() {
				done <- command(p.Env, "score", "--model", s.URL("model/lr"), "--input", p.URL("rows/**/*.csv"), "--keep", "all",
					"--output", p.URL(name), "--on-error", "reject", "--rejects", p.URL(name+".rejects"), "--json")
			}()
			<-back
			p.Start(t)
			r := <-done
			if r.code != 0 {
				t.Fatalf("exit %d: %s", r.code, r.stderr)
			}
			if d := cmp.Diff(table(t, s, "quiet"), table(t, s, name)); d != "" {
				t.Error(d)
			}
		})
	}
}

// uploadsOf returns the multi-part uploads that the server knows of.
func uploadsOf(t *testing.T, s *servers.Server) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(filepath.Join(s.Dir, s.Bucket, ".sgwtmp"), func(name string, d os.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !d.IsDir() {
			found = append(found, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
