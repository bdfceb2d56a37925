// Command mutants breaks packages one line at a time and shows which breaks no
// test of theirs notices. The source tree is never touched: the go command
// gets the broken file as an overlay.
//
//	go run ./internal/mutants [-n 30] [-seed N] [-only REGEXP] PACKAGE...
//
// A mutant is a condition that is weakened or turned round, a constant that is
// one more, a call whose error is never made, a check of an error that never
// holds, or a statement that is left out. Of each package, n of them are drawn
// by the seed. Mutants of lines that no test reaches count as unnoticed and
// are not run; those that do not compile do not count.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 30, "mutants of each package")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "which mutants are drawn")
	only := flag.String("only", "", "only mutants whose line, as FILE:LINE:COLUMN: CHANGE, this regular expression matches")
	tests := flag.String("tests", "", "packages whose tests run, by commas (default: that of the mutant, or the next one above it that has tests)")
	run := flag.String("run", "", "only tests that this regular expression matches, as of go test -run")
	list := flag.Bool("list", false, "print the mutants and run nothing")
	flag.Parse()
	match, err := regexp.Compile(*only)
	if err != nil || flag.NArg() == 0 {
		log.Fatalf("usage: mutants [-n N] [-seed N] [-only REGEXP] PACKAGE...")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	pkgs, err := load(ctx, flag.Args())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("seed %d\n", *seed)
	var all tally
	for _, p := range pkgs {
		ms := draw(p.mutants(), match, *n, *seed)
		if *list {
			for _, m := range ms {
				fmt.Println(m)
			}
			continue
		}
		t, err := try(ctx, p, ms, suite{packages: split(*tests, p.tested()), run: *run})
		all.add(t)
		fmt.Printf("%s: %v\n", p.path, t)
		if err != nil {
			log.Fatalf("%s: %v", p.path, err)
		}
	}
	if len(pkgs) > 1 && !*list {
		fmt.Printf("all: %v\n", all)
	}
}

// draw returns n of the mutants that match, in their order.
func draw(ms []mutant, match *regexp.Regexp, n int, seed uint64) []mutant {
	var found []mutant
	for _, m := range ms {
		if match.MatchString(m.String()) {
			found = append(found, m)
		}
	}
	r := rand.New(rand.NewPCG(seed, 0))
	r.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	found = found[:min(n, len(found))]
	return inOrder(found)
}

func split(list, otherwise string) []string {
	if list == "" {
		return []string{otherwise}
	}
	return strings.Split(list, ",")
}
