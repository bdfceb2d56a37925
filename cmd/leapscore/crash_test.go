package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"leapscore/cmd/leapscore/internal/process"
)

// crashEnv says how a leapscore of these tests crashes.
const crashEnv = "LEAPSCORE_TEST_CRASH"

// crashSoon makes this process crash while it runs a command.
func crashSoon(how string) {
	switch how {
	case "":
	case "main":
		process.Prepare()
		os.Exit(func() (code int) {
			defer (&output{stderr: os.Stderr}).recovered(&code)
			panic("boom")
		}())
	default:
		time.AfterFunc(100*time.Millisecond, crashes[how])
	}
}

// crashes are ways in which a goroutine ends the process.
var crashes = map[string]func(){
	"panic": func() { panic("boom") },
	"fatal": func() { new(sync.Mutex).Unlock() },
	"memory": func() {
		limit := syscall.Rlimit{Cur: 1 << 30, Max: 1 << 30}
		if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
			panic(err)
		}
		kept = make([]byte, 2<<30)
	},
	"segv":  func() { _ = syscall.Kill(os.Getpid(), syscall.SIGSEGV) },
	"abort": func() { _ = syscall.Kill(os.Getpid(), syscall.SIGABRT) },
}

var kept []byte

// endless is a run that DuckDB never ends.
var endless = []string{
	"score", "--model", "lr.zip", "--output", "t",
	"--sql", "SELECT 'Rome' AS city, 'flat' AS kind, sum(i) AS rooms, 1.5 AS area FROM range(100000000000) t(i)",
}

// crashCodes are those of crashes: SIGABRT, by which Go ends the process, and SIGQUIT, by
// which it asks other threads for their stacks first, and which may end one of C.
var crashCodes = []int{134, 131}

// A crash has a code that no command line can have caused, in a container too, where
// the process is the first one.
func TestCrashesHaveACodeOfTheirOwn(t *testing.T) {
	f := newFixture(t, 10)
	for how, says := range map[string]string{
		"panic": "panic: boom", "fatal": "fatal error: sync: unlock of unlocked mutex", "memory": "out of memory|pthread_create failed", "segv": "SIGSEGV", "abort": "SIGABRT",
	} {
		for _, first := range []string{"", "1"} {
			cmd := exec.Command("sh", append([]string{"-c", `leapscore "$@"; exit $?`, "sh"}, endless...)...)
			cmd.Dir = f.dir
			cmd.Env = append(os.Environ(), crashEnv+"="+how)
			if first != "" {
				cmd.Env = append(cmd.Env, "LEAPSCORE_TEST_FIRST="+first)
			}
			out, err := cmd.CombinedOutput()
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || !slices.Contains(crashCodes, exit.ExitCode()) {
				t.Errorf("%s, first process: %q: %v, want exit code 134, or 131: %.500s", how, first, err, out)
			}
			if !regexp.MustCompile(says).Match(out) {
				t.Errorf("%s: %.500s, want %q", how, out, says)
			}
		}
	}
}

// A bug that was caught says so in its last line, after the stack.
func TestABugHasACodeOfItsOwn(t *testing.T) {
	t.Setenv(crashEnv, "main")
	out, err := exec.Command("leapscore").CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != exitInternal {
		t.Errorf("%v, want exit code %d", err, exitInternal)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "leapscore: internal error: boom; this is a bug in leapscore") || !strings.Contains(string(out), "crashSoon") {
		t.Errorf("no stack, or no line that says what to do: %s", out)
	}
}

// The first process of a container passes signals on, and hands back exit codes.
func TestTheFirstProcessOfAContainer(t *testing.T) {
	f := newFixture(t, 10)
	t.Setenv("LEAPSCORE_TEST_FIRST", "1")
	for _, c := range []struct {
		args []string
		code int
	}{{[]string{"version"}, 0}, {[]string{"score", "--no-such-flag"}, 2}, {[]string{"score", "--model", "none.zip", "--input", "homes.parquet", "--output", "t"}, 3}} {
		out, err := f.command("leapscore", c.args...)
		code := 0
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			code = exit.ExitCode()
		}
		if code != c.code {
			t.Errorf("%v: exit code %d, want %d: %s", c.args, code, c.code, out)
		}
	}
	// The run answers once. DuckDB may take longer over an interrupt than a run waits.
	once := regexp.MustCompile("stopped, nothing published|ended by force")
	for sig, code := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGINT: 130} {
		cmd, stderr := f.start(t, endless...)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		f.await(t, "t/_temporary/lock", ended)
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		err := <-ended
		if err := os.RemoveAll(filepath.Join(f.dir, "t")); err != nil {
			t.Fatal(err)
		}
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != code || len(once.FindAll(stderr.Bytes(), -1)) != 1 {
			t.Errorf("%v: %v, want exit code %d: %s", sig, err, code, stderr)
		}
	}
}
