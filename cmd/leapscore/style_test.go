package main

import (
	"bufio"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rules are the house rules that a search can check. Each names its remedy.
var rules = []struct {
	files  *regexp.Regexp
	line   *regexp.Regexp
	remedy string
}{
	{regexp.MustCompile(`^ops/[^_]*\.go$`), regexp.MustCompile(`\bmath\.(Exp|Log|Log10|Pow|Sin|Cos|Tan|Max|Min|Round)\(`), "use ops/internal/javamath: Go's results differ from the JVM's"},
	{regexp.MustCompile(`\.go$`), regexp.MustCompile(`\b` + `TO` + `DO\b|\bFIX` + `ME\b`), "finish it"},
	{regexp.MustCompile(`_test\.go$`), regexp.MustCompile(`\bt\.Sk` + `ip`), "make the test run"},
}

const (
	maxLines = 500
	root     = "../.."
)

func TestHouseRules(t *testing.T) {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		rel, _ := filepath.Rel(root, path)
		return checkFile(t, filepath.ToSlash(rel), path)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, rel, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	n := 0
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		n++
		for _, r := range rules {
			if r.files.MatchString(rel) && !strings.Contains(rel, "_test.go") == !strings.Contains(r.files.String(), "_test") && r.line.MatchString(sc.Text()) {
				t.Errorf("%s:%d: %s: %s", rel, n, strings.TrimSpace(sc.Text()), r.remedy)
			}
		}
	}
	if n > maxLines && !strings.HasSuffix(rel, "_test.go") && !strings.Contains(filepath.Base(rel), "table") {
		t.Errorf("%s has %d lines, want at most %d: cut it", rel, n, maxLines)
	}
	return sc.Err()
}
