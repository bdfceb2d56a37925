package ops_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"leapscore/ops"
)

// member is a kernel of which only the name counts.
type member struct {
	ops.Kernel
	name string
}

func folders(n int) (dirs []string) {
	for i := range n {
		dirs = append(dirs, fmt.Sprint("tree", i))
	}
	return dirs
}

func TestSubsKeepTheOrderOfFolders(t *testing.T) {
	n := &ops.Node{Sub: func(dir string, outputs ...string) (ops.Kernel, error) {
		return member{name: dir + strings.Join(outputs, "+")}, nil
	}}
	kernels, err := n.Subs(folders(100), "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range kernels {
		if got, want := k.(member).name, fmt.Sprintf("tree%da+b", i); got != want {
			t.Errorf("kernel %d is %s, want %s", i, got, want)
		}
	}
}

func TestSubsReturnTheErrorOfTheFirstFolder(t *testing.T) {
	bad := []string{"tree31", "tree17", "tree90"}
	n := &ops.Node{Sub: func(dir string, _ ...string) (ops.Kernel, error) {
		if slices.Contains(bad, dir) {
			return nil, errors.New(dir + " is bad")
		}
		return member{name: dir}, nil
	}}
	for range 50 {
		if _, err := n.Subs(folders(100)); err == nil || err.Error() != "tree17 is bad" {
			t.Fatalf("loading trees of which 17, 31 and 90 are bad: %v, want the error of tree17", err)
		}
	}
}

func TestSubsPanicWhereTheyAreCalled(t *testing.T) {
	n := &ops.Node{Sub: func(dir string, _ ...string) (ops.Kernel, error) {
		if dir == "tree3" {
			panic("out of range")
		}
		return member{name: dir}, nil
	}}
	defer func() {
		if p, ok := recover().(string); !ok || !strings.HasPrefix(p, "out of range\n") || !strings.Contains(p, "subs_test.go") {
			t.Errorf("recovered %q, want the value of the panic and its stack", p)
		}
	}()
	_, _ = n.Subs(folders(10))
	t.Error("no panic")
}
