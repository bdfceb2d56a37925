package docs

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is a fenced block of a page.
type block struct {
	page, language string
	line           int    // of the first line of the text
	follows        bool   // directly the block before
	file           string // of the repository, which the comment above the block says it equals
	text           string
}

var equals = regexp.MustCompile(`^<!-- equals (\S+) -->$`)

// pagesWithCommands are the pages whose blocks are tested.
func pagesWithCommands(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(pages, "../README.md", "../SECURITY.md", "../CONTRIBUTING.md", "../examples/README.md")
}

// blocksOf returns the blocks of a page. Text that is indented by four spaces is a
// block too, of a kind that no test knows.
func blocksOf(t *testing.T, page string) []block {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []block
	var open *block
	var before string
	gap := true // other text has come since the last block
	for i, line := range strings.Split(string(text), "\n") {
		fence := strings.HasPrefix(line, "```")
		switch {
		case fence && open == nil:
			open = &block{page: page, language: strings.TrimPrefix(line, "```"), line: i + 2, follows: !gap}
			if m := equals.FindStringSubmatch(before); m != nil {
				open.file = m[1]
			}
		case fence:
			all, open, gap = append(all, *open), nil, false
		case open != nil:
			open.text += line + "\n"
		case before == "" && strings.HasPrefix(line, "    "):
			all = append(all, block{page: page, language: "indented text", line: i + 1, text: line})
		}
		if open == nil && !fence && line != "" {
			gap = true
		}
		before = line
	}
	if open != nil {
		t.Errorf("%s:%d: the block has no end", page, open.line)
	}
	return all
}

// languages say how blocks are tested.
var languages = map[string]string{
	"sh":     "run, by TestCommandsOfPages",
	"text":   "compared with what the commands print, if it follows them directly",
	"yaml":   "read as a job or as a configuration file, by TestFilesOfPages",
	"python": "run after the commands of the page, or equal to a tested file; those of spark.md are run by integration/spark",
	"go":     "the examples of package job",
	"ini":    "equal to a file of examples; a command in it is parsed",
	"cron":   "the command is parsed",
	"json":   "equal to a file",
	"sql":    "run by DuckDB after the commands of the page",
}

// Every block is of a kind that a test knows, and equals its file if it names one.
func TestBlocksAreOfKnownKinds(t *testing.T) {
	for _, page := range pagesWithCommands(t) {
		for _, b := range blocksOf(t, page) {
			if languages[b.language] == "" {
				t.Errorf("%s:%d: a block of %q is not tested; want one of %v", page, b.line, b.language, slices.Sorted(maps.Keys(languages)))
			}
			if b.language == "text" && !b.follows && ofLeapscore.MatchString(b.text) {
				t.Errorf("%s:%d: put commands between ```sh and ```, so that they are tested: %s", page, b.line, b.text)
			}
			if (b.language == "ini" || b.language == "json") && b.file == "" {
				t.Errorf("%s:%d: want a line <!-- equals FILE --> above the block", page, b.line)
			}
			if b.file == "" {
				continue
			}
			want, err := os.ReadFile(filepath.Join("..", b.file))
			if err != nil {
				t.Error(err)
			} else if string(want) != b.text {
				t.Errorf("%s:%d: the block differs from %s", page, b.line, b.file)
			}
		}
	}
}
