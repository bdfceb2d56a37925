// Command check says whether the working tree is slower than a commit. It
// builds the benchmarks of both and runs them in turns, so that the speed of
// the machine, which varies, falls out of the ratios.
//
//	go run ./benchmarks/check [-base COMMIT] [-bench REGEXP] [-rounds N]
//
// Of each round it takes the geometric mean of new/old over all benchmarks. If
// the median of the rounds is above the limit, and rounds that are slower are
// more than chance would give (sign test, p < 0.05), the exit code is 1.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	base := flag.String("base", "", "commit to compare with (default: where this branch left main)")
	bench := flag.String("bench", "Run/.*/.*/workers=1$", "benchmarks of package benchmarks, as of go test -bench")
	metric := flag.String("metric", "cpu-ns/row", "what is compared")
	rounds := flag.Int("rounds", 12, "how often each of the two runs")
	limit := flag.Float64("limit", 1.02, "ratio above which a change must say why")
	flag.Parse()
	slower, err := compare(*base, *bench, *metric, *rounds, *limit)
	if err != nil {
		log.Fatal(err)
	}
	if slower {
		os.Exit(1)
	}
}

func compare(base, bench, metric string, rounds int, limit float64) (slower bool, err error) {
	dir, err := os.MkdirTemp("", "benchcheck")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if base == "" {
		if base, err = branchPoint(); err != nil {
			return false, err
		}
	}
	before, now := filepath.Join(dir, "old.test"), filepath.Join(dir, "new.test")
	if err := buildAt(base, filepath.Join(dir, "tree"), before); err != nil {
		return false, err
	}
	if _, err := output(".", "go", "test", "-c", "-o", now, "./benchmarks"); err != nil {
		return false, err
	}
	var all []round
	for i := range rounds {
		var r round
		if i%2 == 0 { // whoever runs second finds warm caches
			r.old, err = measure(before, bench, metric)
		}
		if err == nil {
			r.now, err = measure(now, bench, metric)
		}
		if err == nil && i%2 == 1 {
			r.old, err = measure(before, bench, metric)
		}
		if err != nil {
			return false, err
		}
		all = append(all, r)
		fmt.Printf("round %2d of %d: %.3f\n", i+1, rounds, r.ratio())
	}
	v := judge(all, limit)
	fmt.Printf("\n%s of %s, against %.12s:\n%s", metric, bench, base, v)
	return v.slower, nil
}

// branchPoint returns where this branch left main, or the commit before on main.
func branchPoint() (string, error) {
	head, err := output(".", "git", "rev-parse", "HEAD")
	if err != nil {
		return "", err
	}
	if at, err := output(".", "git", "merge-base", "HEAD", "main"); err == nil && at != head {
		return at, nil
	}
	return output(".", "git", "rev-parse", "HEAD~")
}

// buildAt builds the benchmarks of a commit, whose files it puts into tree.
func buildAt(commit, tree, binary string) error {
	if err := os.Mkdir(tree, 0o755); err != nil {
		return err
	}
	archive := tree + ".tar"
	if _, err := output(".", "git", "archive", "-o", archive, commit); err != nil {
		return err
	}
	if _, err := output(tree, "tar", "-xf", archive); err != nil {
		return err
	}
	_, err := output(tree, "go", "test", "-c", "-o", binary, "./benchmarks")
	return err
}

// measure runs benchmarks once and returns the metric of each by name.
func measure(binary, bench, metric string) (map[string]float64, error) {
	text, err := output("benchmarks", binary, "-test.run", "^$", "-test.bench", bench, "-test.benchtime", "5x")
	if err != nil {
		return nil, err
	}
	found := results(text, metric)
	if len(found) == 0 {
		return nil, fmt.Errorf("no benchmark matches %s and reports %s:\n%.2000s", bench, metric, text)
	}
	return found, nil
}

func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%.2000s", name, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
