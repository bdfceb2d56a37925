// Command fuzz compares leapscore with MLeap itself: random models of every op,
// alone and in pipelines, over random rows. Every value must be the same to the
// bit, every tensor in the same form, dense or sparse; leapscore must refuse
// the rows and bundles that MLeap refuses, and no others.
//
//	ORACLE_HOME=DEST go run ./benchmarks/peers/oracle/fuzz [-seconds N] [-seed N] [-kind ops|pipelines|mixed] [-op NAME,...] [-out DIR]
//
// Each subject, a bundle with its rows, depends on a seed alone; -seed N is the
// first one and the next subject has N+1, so -seed N -subjects 1 with the same
// -kind and -op repeats one. A difference is shrunk and written as a case file
// into -out. The exit code is 1 if there were any.
//
// It does not judge reject codes, which are leapscore's own.
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"leapscore/benchmarks/peers/oracle/jvm"
	"leapscore/ops/builtin"
)

type options struct {
	home, kind, out string
	ops             []string
	seed            uint64
	subjects, rows  int
	seconds         float64
	most            int // findings of one op that are shrunk and written
}

func main() {
	var o options
	var names string
	flag.StringVar(&o.home, "home", "", "folder that build.sh has built into (default $"+jvm.HomeVariable+")")
	flag.StringVar(&o.kind, "kind", "mixed", "ops, pipelines or mixed")
	flag.StringVar(&names, "op", "", "only these ops")
	flag.StringVar(&o.out, "out", "fuzz-findings", "folder for what is found")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "seed of the first subject")
	flag.IntVar(&o.subjects, "subjects", 0, "number of subjects; no end if 0")
	flag.IntVar(&o.rows, "rows", 60, "rows of each subject")
	flag.Float64Var(&o.seconds, "seconds", 60, "when to stop")
	flag.IntVar(&o.most, "most", 3, "differences of one op that are shrunk and written")
	flag.Parse()
	if names != "" {
		o.ops = strings.Split(names, ",")
	}
	found, err := fuzz(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
	}
	if err != nil || found > 0 {
		os.Exit(1)
	}
}

// tally is what is counted of an op.
type tally struct{ subjects, rows, found int }

func fuzz(o options) (found int, err error) {
	all := slices.Sorted(maps.Keys(generators))
	for _, op := range o.ops {
		if generators[op] == nil {
			return 0, fmt.Errorf("no generator of %q", op)
		}
	}
	if o.ops == nil {
		o.ops = all
	}
	p, err := jvm.Start(o.home)
	if err != nil {
		return 0, err
	}
	j := &judge{mleap: p, reg: builtin.Registry(), home: o.home, accepted: map[string]int{}}
	defer func() { err = errors.Join(err, j.mleap.Close()) }()
	fmt.Printf("MLeap %s, JDK %s, %s; first seed %d\n", p.Version.MLeap, p.Version.Java, p.Version.BLAS, o.seed)
	tallies := map[string]*tally{}
	start := time.Now()
	n := 0
	for ; (o.subjects == 0 || n < o.subjects) && time.Since(start).Seconds() < o.seconds; n++ {
		if err := one(o, j, o.seed+uint64(n), tallies); err != nil {
			return found, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tallies)) {
		t := tallies[name]
		found += t.found
		fmt.Printf("%-34s %6d models %9d rows %5d differ\n", name, t.subjects, t.rows, t.found)
	}
	fmt.Printf("%d subjects, %d rows, %d refused by both, %d bundles refused by both, %d differences, %.0f s, next seed %d\n",
		n, j.asked, j.refused, j.unloaded, found, time.Since(start).Seconds(), o.seed+uint64(n))
	for _, reason := range slices.Sorted(maps.Keys(j.accepted)) {
		fmt.Printf("%d times: %s\n", j.accepted[reason], reason)
	}
	return found, nil
}

// one makes the subject of a seed and judges it.
func one(o options, j *judge, seed uint64, tallies map[string]*tally) error {
	var s *subject
	r := newRandom(^seed)
	if r.IntN(25) == 0 {
		o.rows *= 20 // more than a block
	}
	if o.kind == "ops" || o.kind == "mixed" && r.IntN(2) == 0 {
		s = single(o.ops[seed%uint64(len(o.ops))], seed, o.rows)
	} else {
		s = pipelineOf(o.ops, seed, o.rows)
	}
	t := tallies[s.name]
	if t == nil {
		t = &tally{}
		tallies[s.name] = t
	}
	t.subjects++
	before := j.asked
	ws := ways(r)
	d, err := j.compare(s, ws)
	if err != nil {
		return j.restart(fmt.Errorf("seed %d (%s): %w", seed, s.name, err))
	}
	t.rows += j.asked - before
	if d == nil {
		return nil
	}
	t.found++
	if t.found > o.most {
		fmt.Printf("seed %d (%s): %v\n", seed, s.name, d)
		return nil
	}
	asked, refused, unloaded := j.asked, j.refused, j.unloaded
	small, d := j.shrink(s, d, ws)
	path, err := j.write(o.out, small, d, seed)
	j.asked, j.refused, j.unloaded = asked, refused, unloaded
	if err != nil {
		return j.restart(fmt.Errorf("seed %d (%s): %w", seed, s.name, err))
	}
	fmt.Printf("seed %d (%s): %v\n  in %s\n", seed, s.name, d, path)
	return nil
}

// restart reports that MLeap has died of a subject, and starts it anew.
func (j *judge) restart(cause error) error {
	fmt.Println(cause)
	_ = j.mleap.Close()
	p, err := jvm.Start(j.home)
	if err != nil {
		return errors.Join(cause, err)
	}
	j.mleap = p
	return nil
}
