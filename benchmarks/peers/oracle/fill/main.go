// Command fill writes the answers of MLeap into case files: everything right of
// "=>" in their rows. It reads and writes the format of package casefile, and
// asks the process of package jvm. It never changes what is left of "=>".
//
//	ORACLE_HOME=DEST go run ./benchmarks/peers/oracle/fill [-edges] [-check] [-v] [-op NAME] [FILE...]
//
// With -edges, each model first gets rows at the edges of what its columns can
// hold and around the numbers and strings of its model.json; declare the sizes
// of tensors in the columns, as features:tensor<double>[3], for rows that fit.
//
// Rows whose comment starts with "hand" keep their outcome; fill says where
// MLeap's is another one. With -check nothing is written, and the exit code is
// 1 if a file would change.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"leapscore/benchmarks/peers/oracle/jvm"
	"leapscore/ops/opstest/casefile"
)

func main() {
	edges := flag.Bool("edges", false, "add rows at the edges first")
	check := flag.Bool("check", false, "write nothing, exit 1 if a file would change")
	op := flag.String("op", "", "fill ops/*/testdata/`NAME`.txt")
	verbose := flag.Bool("v", false, "print the exception of every row that is refused")
	home := flag.String("home", "", "folder that build.sh has built into (default $"+jvm.HomeVariable+")")
	flag.Parse()
	if err := run(*home, *op, options{*edges, *check, *verbose}, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

// options are the flags that say what to do with a file.
type options struct{ edges, check, verbose bool }

func run(home, op string, o options, paths []string) error {
	if op != "" {
		found, err := filepath.Glob(filepath.Join("ops", "*", "testdata", op+".txt"))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("no ops/*/testdata/%s.txt here; run in the root of the module", op)
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		return errors.New("want case files or -op NAME")
	}
	p, err := jvm.Start(home)
	if err != nil {
		return err
	}
	defer p.Close()
	var bad error
	for _, path := range paths {
		if err := fillFile(p, path, o); err != nil {
			bad = errors.Join(bad, fmt.Errorf("%s: %w", path, err))
		}
	}
	return bad
}

func fillFile(p *jvm.Process, path string, o options) error {
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	c, err := casefile.Parse(before)
	if err != nil {
		return err
	}
	f := &filler{mleap: p, verbose: o.verbose, say: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, path+": "+format+"\n", args...)
	}}
	for i, m := range c.Models {
		written := len(m.Rows)
		if o.edges {
			addEdges(m)
		}
		if err := f.fill(i+1, m); err != nil {
			return fmt.Errorf("model %d: %w", i+1, err)
		}
		if m.LoadError != "" {
			m.Rows = m.Rows[:written] // rows that nobody can answer are no use
		}
	}
	c.Header = header(c.Header, p.Version)
	after := casefile.Format(c)
	switch {
	case bytes.Equal(before, after):
		return nil
	case o.check:
		return errors.New("is not what MLeap answers: run fill without -check")
	default:
		f.say("%d models, %d rows: %d answered, %d refused, %d dropped", len(c.Models), f.rows, f.answered, f.refused, f.dropped)
		return os.WriteFile(path, after, 0o644)
	}
}
