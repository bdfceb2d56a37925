// Package docs holds the documentation. It has a test only.
package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// folders are the folders of the repository whose files pages name. The list is fixed,
// so that a page that names a removed folder fails.
var folders = []string{
	"benchmarks", "bundle", "cmd", "compare", "docs", "engine", "examples", "integration", "internal", "job", "models", "ops", "python", "release", "report", "runs", "sinks", "sources", "sql", "watch",
}

var (
	quoted = regexp.MustCompile("`([A-Za-z0-9_.*/-]+)`")
	linked = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
)

// Pages about the code name files that exist, and links in all pages lead somewhere.
func TestPagesNameFilesThatExist(t *testing.T) {
	const top = ".."
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "examples/*.md", "ops/*.md", "benchmarks/*.md", "benchmarks/*/*.md", "benchmarks/*/*/*.md"} {
		pages, err := filepath.Glob(filepath.Join(top, pattern))
		if err != nil || len(pages) == 0 {
			t.Errorf("no page matches %s: %v", pattern, err)
		}
		for _, page := range pages {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(pattern, "benchmarks/") { // they name files that programs will write
				checkNames(t, top, page, string(text))
			}
			checkLinks(t, page, string(text))
		}
	}
}

// checkNames checks the paths in backticks, from the top of the repository.
func checkNames(t *testing.T, top, page, text string) {
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		first, _, _ := strings.Cut(m[1], "/")
		if !slices.Contains(folders, first) && !strings.HasSuffix(m[1], ".md") {
			continue
		}
		if found, err := filepath.Glob(filepath.Join(top, m[1])); err != nil || len(found) == 0 {
			t.Errorf("%s names `%s`, which does not exist", page, m[1])
		}
	}
}

// checkLinks checks the links, from the folder of the page.
func checkLinks(t *testing.T, page, text string) {
	for _, m := range linked.FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
			t.Errorf("%s links to %s: %v", page, m[1], err)
		}
	}
}
