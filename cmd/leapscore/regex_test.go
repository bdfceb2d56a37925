package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endlessBundle is a tokenizer whose pattern takes exponential time, in the JVM
// as well: it can find a b only after what it has matched in every way.
var endlessBundle = map[string]string{
	"bundle.json":     `{"uid":"00000000-0000-0000-0000-000000000001","name":"words","format":"json","version":"0.25.2","timestamp":"t"}`,
	"root/node.json":  `{"name":"words","shape":{"inputs":[{"port":"input","name":"text"}],"outputs":[{"port":"output","name":"words"}]}}`,
	"root/model.json": `{"op":"regex_tokenizer","attributes":{"regex":{"string":"(a*)*\\1b"},"match_gaps":{"boolean":true},"token_min_length":{"int":1},"lowercase_text":{"boolean":false}}}`,
}

// A signal does not wait for the rows of a batch, each of which takes long.
func TestSignalsEndARegularExpression(t *testing.T) {
	f := newFixture(t, 10)
	for name, text := range endlessBundle {
		file := f.path("words/" + name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows := "text\n" + strings.Repeat(strings.Repeat("a", 60)+"!\n", 5000)
	if err := os.WriteFile(f.path("rows.csv"), []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	clean := f.entries(t)
	cmd, stderr := f.start(t, "score", "--model", "words", "--input", "rows.csv", "--output", "table", "--on-error", "reject", "--rejects", "bad")
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	f.await(t, "bad/_temporary/lock", ended)
	time.Sleep(200 * time.Millisecond) // somewhere in the run
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := <-ended
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) || exit.ExitCode() != 143 {
		t.Errorf("%v, want exit code 143; stderr: %s", err, stderr)
	}
	if !strings.Contains(stderr.String(), "stopped, nothing published") || strings.Contains(stderr.String(), "by force") {
		t.Errorf("stderr %q does not say that the run was stopped", stderr)
	}
	if got := f.entries(t); len(got) != len(clean) {
		t.Errorf("left behind: %q, want %q", got, clean)
	}
}
