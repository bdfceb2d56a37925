package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"leapscore/integration/tools"
)

// step is a command of a page, or code that runs after the commands.
type step struct {
	where  string
	script string // what bash runs
	code   int    // with which exit code it must end
	shows  string // what it must print, with ... for anything
}

// notRun are commands that need another machine or the network, or change this
// machine. The flags of leapscore in them are tested all the same.
var notRun = map[string]string{
	"git": "network", "pip": "network; the packages are those of integration/tools/pages.txt",
	"docker": "an engine for containers", "tar": "an archive of a release", "sha256sum": "an archive of a release",
	"leapscore-spark": "a cluster; integration/spark runs jobs", "spark-submit": "a cluster; integration/spark runs jobs",
	"kubectl": "a cluster", "systemctl": "a system that is run by systemd", "sudo": "changes the machine",
}

// runElsewhere are pages whose Python needs an engine: tests below integration run it.
var runElsewhere = map[string]bool{"spark.md": true, "ray.md": true}

var (
	remote      = regexp.MustCompile(`\b(s3|s3a|gs|azblob|abfss|wasbs|https?)://`)
	wantsCode   = regexp.MustCompile(`#.*\bexit code (\d+)`)
	comment     = regexp.MustCompile(`\s+# .*$`)
	ofLeapscore = regexp.MustCompile(`\bleapscore [a-z]+ -.*`)
	setting     = regexp.MustCompile(`^[A-Z_]+=\S+ `)
)

// Every command of every page is run, in the order of the page, in a folder
// with a copy of examples. Commands with URLs of stores and servers are only
// parsed, by the command itself, and targets of make are looked up.
func TestCommandsOfPages(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	path := programs(t)
	for _, page := range pagesWithCommands(t) {
		t.Run(filepath.Base(page), func(t *testing.T) {
			if steps := stepsOf(t, page); len(steps) > 0 {
				runSteps(t, steps, startFolder(t, page), path)
			}
		})
	}
}

// programs is a PATH with leapscore, and python with the packages of the pages.
func programs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(tools.Leapscore(t), filepath.Join(dir, "leapscore")); err != nil {
		t.Fatal(err)
	}
	return dir + ":" + filepath.Dir(tools.Path(t, tools.Pages)) + ":" + os.Getenv("PATH")
}

// startFolder is where the commands of a page begin: the top of a repository
// for README.md, and the folder examples for all others.
func startFolder(t *testing.T, page string) string {
	t.Helper()
	top := t.TempDir()
	if err := os.CopyFS(filepath.Join(top, "examples"), os.DirFS("../examples")); err != nil {
		t.Fatal(err)
	}
	if page != "../README.md" {
		return filepath.Join(top, "examples")
	}
	if err := os.Mkdir(filepath.Join(top, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tools.Leapscore(t), filepath.Join(top, "bin", "leapscore")); err != nil {
		t.Fatal(err)
	}
	return top
}

// stepsOf returns what a page runs.
func stepsOf(t *testing.T, page string) []step {
	t.Helper()
	var steps []step
	for _, b := range blocksOf(t, page) {
		where := func(i int) string { return fmt.Sprintf("%s:%d", b.page, b.line+i) }
		switch {
		case b.language == "sh":
			for _, c := range commandsOf(b.text) {
				if s := commandStep(t, where(c.line), c.text); s.script != "" {
					steps = append(steps, s)
				}
			}
		case b.language == "cron" || b.language == "ini":
			if s := scheduled(where(0), b.text); s.script != "" {
				steps = append(steps, s)
			}
		case b.language == "text" && b.follows && len(steps) > 0:
			steps[len(steps)-1].shows = b.text
		case b.language == "sql":
			steps = append(steps, step{where: where(0), script: "python3 -c 'import duckdb, sys; print(duckdb.sql(sys.stdin.read()))' <<'END_OF_SQL'\n" + b.text + "END_OF_SQL"})
		case b.language == "python" && b.file == "" && !runElsewhere[page]:
			steps = append(steps, step{where: where(0), script: "python3 - <<'END_OF_PYTHON'\n" + b.text + "END_OF_PYTHON"})
		}
	}
	return steps
}

var ofScheduler = regexp.MustCompile(`day=.*leapscore score [^'\n]*`)

// scheduled returns the command of a crontab or of a unit of systemd, which
// write a percent sign as \% and %%. Its flags are parsed.
func scheduled(where, text string) step {
	line := strings.NewReplacer("exec ", "", `\%`, "%", "%%", "%").Replace(ofScheduler.FindString(text))
	if line == "" {
		return step{}
	}
	return step{where: where, script: strings.ReplaceAll(line, "/usr/bin/leapscore", "leapscore") + " --help"}
}

// command is a command of a block, at a line.
type command struct {
	line int
	text string
}

// commandsOf cuts a block into commands: a backslash continues a line, and
// <<'EOF' a command up to that line.
func commandsOf(text string) []command {
	var all []command
	var open *command
	var end string
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if open == nil {
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			open = &command{line: i}
		} else {
			open.text += "\n"
		}
		open.text += line
		if _, name, ok := strings.Cut(line, "<<'"); ok && end == "" {
			end, _, _ = strings.Cut(name, "'")
			continue
		}
		if end != "" && line != end || end == "" && strings.HasSuffix(line, `\`) {
			continue
		}
		all, open, end = append(all, *open), nil, ""
	}
	if open != nil {
		all = append(all, *open)
	}
	return all
}

// commandStep says how a command is tested.
func commandStep(t *testing.T, where, text string) step {
	t.Helper()
	s := step{where: where, script: text}
	if m := wantsCode.FindStringSubmatch(text); m != nil {
		s.code, _ = strconv.Atoi(m[1])
	}
	words := strings.Fields(setting.ReplaceAllString(text, ""))
	if strings.Contains(text, "...") && !strings.Contains(text, "<<'") {
		t.Errorf("%s: write the whole command, so that it can be run: %s", where, text)
	}
	switch {
	case words[0] == "make":
		s.script = "make -n -C \"$TOP\" " + strings.Join(words[1:2], " ") + " >/dev/null"
	case notRun[words[0]] != "":
		return parsed(where, ofLeapscore.FindString(text))
	case remote.MatchString(text) && slices.Contains(words, "leapscore"):
		return parsed(where, text)
	}
	return s
}

// parsed is a step in which leapscore only parses its flags.
func parsed(where, text string) step {
	if text == "" {
		return step{where: where}
	}
	return step{where: where, script: comment.ReplaceAllString(text, "") + " --help"}
}

// runSteps runs all steps in one shell, so that cd and export last.
func runSteps(t *testing.T, steps []step, dir, path string) {
	t.Helper()
	out := t.TempDir()
	var script strings.Builder
	for i, s := range steps {
		fmt.Fprintf(&script, "{ %s\n} >%q 2>&1 </dev/null; echo $? >%q\n", s.script, file(out, i, "out"), file(out, i, "code"))
	}
	top, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-c", script.String())
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+path, "TOP="+top, "PYTHONPATH="+filepath.Join(top, "python", "src"), "RUN_ID=nightly-2026-11-28", "DAY=2026-11-28", "GOFLAGS=")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the commands cannot be run together: %v\n%s", err, said)
	}
	for i, s := range steps {
		said, _ := os.ReadFile(file(out, i, "out")) // without it there is no code either
		code, err := os.ReadFile(file(out, i, "code"))
		if got := strings.TrimSpace(string(code)); err != nil || got != strconv.Itoa(s.code) {
			t.Errorf("%s: exit code %s, want %d: %s\n%s", s.where, got, s.code, s.script, said)
		} else if at := differs(string(said), s.shows); at != "" {
			t.Errorf("%s: the command does not print %q:\n%s", s.where, at, said)
		}
	}
}

func file(dir string, i int, kind string) string {
	return filepath.Join(dir, fmt.Sprintf("%d.%s", i, kind))
}

// differs returns the first line of want that is not in said, after the lines
// before it. Three dots in it stand for anything, and white space for any other.
func differs(said, want string) string {
	lines := strings.Split(said, "\n")
	for line := range strings.SplitSeq(strings.TrimSpace(want), "\n") {
		if line == "..." || strings.TrimSpace(line) == "" {
			continue
		}
		at := slices.IndexFunc(lines, func(l string) bool { return like(line).MatchString(strings.TrimSpace(l)) })
		if at < 0 {
			return line
		}
		lines = lines[at+1:]
	}
	return ""
}

func like(line string) *regexp.Regexp {
	var words []string
	for w := range strings.FieldsSeq(line) {
		words = append(words, strings.ReplaceAll(regexp.QuoteMeta(w), `\.\.\.`, `.*`))
	}
	return regexp.MustCompile("^" + strings.Join(words, `\s+`) + "$")
}

// Jobs in YAML that pages show are read by the command: a key that does not
// exist, or a value that it cannot have, would be an error.
// Commands of pages use the blocks that are files of examples.
func TestFilesOfPages(t *testing.T) {
	leapscore := tools.Leapscore(t)
	for _, page := range pagesWithCommands(t) {
		for _, b := range blocksOf(t, page) {
			if b.language != "yaml" || b.file != "" {
				continue
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "job.yaml"), []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(leapscore, "check", "--job", "job.yaml")
			cmd.Dir = dir
			if said, _ := cmd.CombinedOutput(); strings.Contains(string(said), "job.yaml:") {
				t.Errorf("%s:%d: %s", b.page, b.line, said)
			}
		}
	}
}
