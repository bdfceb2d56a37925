package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/cmd/leapscore/internal/profile"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

var (
	manDir        = flag.String("man", "", "folder for the man pages")
	completionDir = flag.String("completions", "", "folder for the completions of shells")
)

// written is a folder of the flag, or of the test if the flag is not given.
func written(t *testing.T, dir string) string {
	if dir == "" {
		return t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func testRoot() *cobra.Command {
	root := newRoot(&output{stdout: io.Discard, stderr: io.Discard}, &profile.Profiles{}, nil)
	root.DisableAutoGenTag = true // which has the date
	for _, cmd := range root.Commands() {
		if f := cmd.Flags().Lookup("workers"); f != nil {
			f.DefValue = "" // another one on each machine
		}
	}
	return root
}

// TestManPagesAreWritten writes a man page of each command. make man keeps them.
func TestManPagesAreWritten(t *testing.T) {
	dir := written(t, *manDir)
	header := &doc.GenManHeader{Section: "1", Source: "leapscore", Manual: "leapscore"}
	root := testRoot()
	if err := doc.GenManTree(root, header, dir); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range root.Commands() {
		if !cmd.IsAvailableCommand() {
			continue
		}
		page := filepath.Join(dir, "leapscore-"+cmd.Name()+".1")
		text, err := os.ReadFile(page)
		if err != nil {
			t.Errorf("leapscore %s has no man page: %v", cmd.Name(), err)
		} else if !strings.Contains(string(text), `.SH NAME`) {
			t.Errorf("%s is no man page:\n%s", page, text)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "leapscore-score.1"))
	if err != nil {
		t.Fatal(err)
	}
	model, workers := strings.Index(string(text), `\fB--model`), strings.Index(string(text), `\fB--workers`)
	if model < 0 || workers < model || !strings.Contains(string(text), ".SH EXAMPLE") {
		t.Errorf("the page of score has --model at %d and --workers at %d, want examples and the most used flags first:\n%s", model, workers, text)
	}
}

// TestCompletionsAreWritten writes the completions of shells under the names that
// packages install them by. make completions keeps them.
func TestCompletionsAreWritten(t *testing.T) {
	dir, root := written(t, *completionDir), testRoot()
	for name, write := range map[string]func(string) error{
		"leapscore.bash": func(file string) error { return root.GenBashCompletionFileV2(file, true) },
		"_leapscore":     root.GenZshCompletionFile,
		"leapscore.fish": func(file string) error { return root.GenFishCompletionFile(file, true) },
	} {
		file := filepath.Join(dir, name)
		if err := write(file); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "__complete") {
			t.Errorf("%s does not ask leapscore what to complete: %v\n%s", file, err, text)
		}
	}
}

// The word check takes the place of score in any command line.
func TestCheckTakesAllFlagsOfScore(t *testing.T) {
	commands := map[string]*cobra.Command{}
	for _, cmd := range testRoot().Commands() {
		commands[cmd.Name()] = cmd
	}
	commands["score"].Flags().VisitAll(func(f *pflag.Flag) {
		if commands["check"].Flags().Lookup(f.Name) == nil {
			t.Errorf("check has no flag --%s, which score has", f.Name)
		}
	})
}
