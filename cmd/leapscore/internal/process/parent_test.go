//go:build unix

package process

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// asChild says that the test binary is the process that is started by the tests.
const asChild = "PROCESS_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(m.Run())
	}
	EndWithParent()
	fmt.Println(os.Getenv(parentVariable) == "")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until the test closes it
}

// startChild returns a child that has started, its stdin, and the pipe of its parent.
func startChild(t *testing.T, setting string) (cmd *exec.Cmd, stdin, parent interface{ Close() error }) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	t.Cleanup(func() { write.Close() })
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asChild+"=1", setting)
	cmd.ExtraFiles = []*os.File{read}
	stdin, err = cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "true\n" {
		t.Fatalf("the child says %q, %v; want true: its children must not get the variable", line, err)
	}
	return cmd, stdin, write
}

func TestAProcessEndsWithItsParent(t *testing.T) {
	cmd, _, parent := startChild(t, parentVariable+"=3")
	parent.Close()
	err := cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
		t.Errorf("the child of a parent that has gone ends with %v, want SIGTERM", err)
	}
}

// A process that was not asked to end with its parent goes on, whatever the variable is.
func TestAProcessStaysWithoutItsParent(t *testing.T) {
	for _, setting := range []string{"", "=", "=x", "=2", "=-1", "=77"} {
		cmd, stdin, parent := startChild(t, parentVariable+setting)
		parent.Close()
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("with %s%s the child ends with %v, want 0", parentVariable, setting, err)
		}
	}
}
