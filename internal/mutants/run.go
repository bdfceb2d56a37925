package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/cover"
)

// tally counts what became of mutants.
type tally struct{ noticed, survived, unreached, invalid int }

func (t *tally) add(o tally) {
	t.noticed += o.noticed
	t.survived += o.survived
	t.unreached += o.unreached
	t.invalid += o.invalid
}

func (t tally) String() string {
	n := t.noticed + t.survived + t.unreached
	return fmt.Sprintf("%d of %d noticed (%.0f %%), %d survived, %d in lines that no test reaches; %d did not compile",
		t.noticed, n, 100*float64(t.noticed)/float64(max(n, 1)), t.survived, t.unreached, t.invalid)
}

// suite is what tests are run.
type suite struct {
	packages []string
	run      string
	timeout  time.Duration
}

// try runs the tests with one mutant after the other and prints those that
// none of them notices.
func try(ctx context.Context, p target, ms []mutant, s suite) (tally, error) {
	var t tally
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(dir)
	reached, took, err := reach(ctx, p, s, filepath.Join(dir, "cover"))
	if err != nil {
		return t, fmt.Errorf("without a mutant: %w", err)
	}
	s.timeout = 4*took + 20*time.Second // one that never ends costs that much
	for _, m := range ms {
		if !reached(m) {
			t.unreached++
			fmt.Println("unreached", m)
			continue
		}
		switch err := s.with(ctx, p, m, dir); {
		case ctx.Err() != nil:
			return t, ctx.Err()
		case err == nil:
			t.survived++
			fmt.Println("survived ", m)
		case errors.Is(err, errInvalid):
			t.invalid++
		default:
			t.noticed++
		}
	}
	return t, nil
}

// passed is how long the tests of a package took, in the words of go test.
var passed = regexp.MustCompile(`(?m)^ok\s+\S+\s+([0-9.]+s)`)

// reach runs the tests as they are. It says which mutants they reach, and how
// long they take.
func reach(ctx context.Context, p target, s suite, profile string) (func(mutant) bool, time.Duration, error) {
	out, err := s.test(ctx, "-timeout", "30m", "-coverpkg", p.path, "-coverprofile", profile)
	if err != nil {
		return nil, 0, err
	}
	var took time.Duration
	for _, m := range passed.FindAllStringSubmatch(out, -1) {
		d, _ := time.ParseDuration(m[1])
		took += d
	}
	files, err := cover.ParseProfiles(profile)
	if err != nil {
		return nil, 0, err
	}
	return func(m mutant) bool {
		i := slices.IndexFunc(files, func(f *cover.Profile) bool { return f.FileName == p.path+"/"+filepath.Base(m.file) })
		if i < 0 {
			return true // constants and variables alone
		}
		inBlock := func(b cover.ProfileBlock) bool { return b.StartLine <= m.line && m.line <= b.EndLine }
		return slices.ContainsFunc(files[i].Blocks, func(b cover.ProfileBlock) bool { return inBlock(b) && b.Count > 0 }) ||
			!slices.ContainsFunc(files[i].Blocks, inBlock)
	}, took, nil
}

// errInvalid is a mutant that does not compile.
var errInvalid = errors.New("does not compile")

// with runs the tests with a mutant; no error means that they notice nothing.
func (s suite) with(ctx context.Context, p target, m mutant, dir string) error {
	file, err := filepath.Abs(m.file)
	if err != nil {
		return err
	}
	text := p.text[file]
	broken := filepath.Join(dir, filepath.Base(file))
	changed := slices.Concat(text[:m.from], []byte(m.with), text[m.to:])
	if err := os.WriteFile(broken, changed, 0o644); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: broken}})
	if err != nil {
		return err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o644); err != nil {
		return err
	}
	_, err = s.test(ctx, "-overlay", list, "-failfast", "-timeout", s.timeout.String())
	return err
}

// test returns what go test prints.
func (s suite) test(ctx context.Context, args ...string) (string, error) {
	args = slices.Concat([]string{"test", "-count=1", "-vet=off"}, args)
	if s.run != "" {
		args = append(args, "-run", s.run)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, s.packages...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // go test then ends the tests
	cmd.WaitDelay = 10 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err != nil && strings.Contains(out.String(), "[build failed]") {
		return "", errInvalid
	}
	if err != nil {
		return "", fmt.Errorf("%w:\n%.3000s", err, out.String())
	}
	return out.String(), nil
}
