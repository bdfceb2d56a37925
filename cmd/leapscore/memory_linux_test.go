package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// peak runs leapscore in the fixture's folder and returns the most memory that the
// process had, in MiB, its exit code and what it said.
func (f fixture) peak(t *testing.T, args ...string) (int64, int, string) {
	t.Helper()
	cmd := exec.Command("leapscore", args...)
	cmd.Dir = f.dir
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(f.dir, "none"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	// The memory that the system reports of an ended process includes that of the
	// one that started it.
	most := int64(0)
	for {
		if data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)); err == nil {
			if _, rest, ok := strings.Cut(string(data), "VmHWM:"); ok {
				var kib int64
				if _, err := fmt.Sscan(rest, &kib); err == nil && bytes.Contains(data, []byte("Name:\tleapscore")) {
					most = max(most, kib)
				}
			}
		}
		select {
		case <-ended:
			return most >> 10, cmd.ProcessState.ExitCode(), out.String()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// hashing is a model that makes vectors of n values of a text, nearly all zero.
func hashing(n int64) bundletest.Bundle {
	return bundletest.Bundle{Name: "hashing", Root: bundletest.Pipeline("hashing",
		bundletest.Node{
			Name: "words", Model: bundletest.Model{Op: "tokenizer"},
			Inputs: bundletest.Sockets("input", "text"), Outputs: bundletest.Sockets("output", "words"),
		},
		bundletest.Node{
			Name: "hash", Model: bundletest.Model{Op: "hashing_term_frequency", Attrs: map[string]bundle.Value{
				"num_features": bundletest.Long(n), "binary": bundletest.Bool(false),
			}},
			Inputs: bundletest.Sockets("input", "words"), Outputs: bundletest.Sockets("output", "features"),
		},
	)}
}

// Wide vectors in every form and format, and rows of a kilobyte of text, stay
// within --memory and a tenth.
func TestMemoryIsAPromise(t *testing.T) {
	f := newFixture(t, 10)
	if err := os.WriteFile(f.path("hash.zip"), hashing(1<<18).Zip(), 0o644); err != nil {
		t.Fatal(err)
	}
	var texts, long strings.Builder
	texts.WriteString("id,text\n")
	long.WriteString("id,city,kind,rooms,area,note\n")
	for i := range 3000 {
		fmt.Fprintf(&texts, "%d,the quick brown fox number %d jumps\n", i, i)
	}
	for i := range 60_000 {
		fmt.Fprintf(&long, "%d,Rome,flat,5,164,%s %d\n", i, strings.Repeat("sunny rooms ", 83), i)
	}
	for name, text := range map[string]string{"texts.csv": texts.String(), "long.csv": long.String()} {
		if err := os.WriteFile(f.path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	hashed := []string{"--model", "hash.zip", "--input", "texts.csv"}
	for name, c := range map[string]struct {
		args []string
		most int64 // --memory, in MiB
	}{
		"lists":      {append(hashed, "--output", "lists"), 256},
		"lists once": {append(hashed, "--output", "one.parquet", "--workers", "8"), 256},
		"Delta":      {append(hashed, "--output", "delta", "--table-format", "delta"), 256},
		"partitions": {append(hashed, "--output", "parts", "--partition-by", "id", "--limit", "100"), 256},
		"CSV":        {append(hashed, "--output", "x.csv.gz", "--limit", "60"), 256},
		"JSON":       {append(hashed, "--output", "x.jsonl", "--limit", "60"), 256},
		"sparse":     {append(hashed, "--output", "sparse", "--vectors", "sparse"), 256},
		"long text":  {[]string{"--model", "lr.zip", "--input", "long.csv", "--keep", "all", "--output", "long"}, 256},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"score", "--memory", fmt.Sprintf("%dMiB", c.most)}, c.args...)
			got, code, out := f.peak(t, args...)
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, out)
			}
			if got > c.most*11/10 {
				t.Errorf("%d MiB, want at most %d and a tenth", got, c.most)
			}
			if wide := strings.Contains(out, "--vectors sparse or udt is smaller"); wide != (strings.Contains(strings.Join(c.args, " "), "hash.zip") && name != "sparse") {
				t.Errorf("warned about wide lists: %v: %s", wide, out)
			}
		})
	}
}

// An impossible limit is refused by name, before anything is written.
func TestVectorsThatHaveNoRoomAreRefusedByName(t *testing.T) {
	f := newFixture(t, 10)
	if err := os.WriteFile(f.path("texts.csv"), []byte("text\na b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		width int64
		form  string
		code  int
		says  string
	}{
		{1 << 20, "columns", 2, `"features" of root/hash.node is 1048576 columns, and there is memory for 6553; write --vectors sparse`},
		{1<<31 - 1, "list", 2, `"features" of root/hash.node has 2147483647 values in each row, want at most 67108864; write --vectors sparse or udt`},
		{1<<31 - 1, "sparse", 0, ""},
		{1<<31 - 1, "udt", 0, ""},
		{1 << 26, "list", 0, "wide vectors are written as lists"},
	} {
		if err := os.WriteFile(f.path("hash.zip"), hashing(c.width).Zip(), 0o644); err != nil {
			t.Fatal(err)
		}
		out := fmt.Sprintf("%s-%d", c.form, c.width)
		got, code, said := f.peak(t, "score", "--model", "hash.zip", "--input", "texts.csv", "--memory", "256MiB", "--output", out, "--vectors", c.form)
		if code != c.code || !strings.Contains(said, c.says) || strings.Contains(said, "goroutine") {
			t.Errorf("%s: exit code %d, want %d and %q: %s", out, code, c.code, c.says, said)
		}
		if _, err := os.Stat(f.path(out)); (err == nil) != (c.code == 0) {
			t.Errorf("%s: the output: %v", out, err)
		}
		if got > 282 {
			t.Errorf("%s: %d MiB, want at most 256 and a tenth", out, got)
		}
	}
}
