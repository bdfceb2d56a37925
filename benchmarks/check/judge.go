package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// round is what both versions took, by benchmark.
type round struct{ old, now map[string]float64 }

// ratio is the geometric mean of new/old over the benchmarks that both have.
func (r round) ratio() float64 {
	sum, n := 0.0, 0
	for name, old := range r.old {
		if now := r.now[name]; now > 0 && old > 0 {
			sum += math.Log(now / old)
			n++
		}
	}
	return math.Exp(sum / float64(n))
}

// results reads the lines of benchmarks: a name, and values with their units.
func results(text, metric string) map[string]float64 {
	found := map[string]float64{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		if i := slices.Index(fields, metric); i > 0 {
			if x, err := strconv.ParseFloat(fields[i-1], 64); err == nil {
				found[fields[0]] = x
			}
		}
	}
	return found
}

// verdict is what the rounds say together.
type verdict struct {
	lines   []string // one a benchmark
	ratio   float64  // median of the rounds
	p       float64
	slower  bool
	limit   float64
	between [2]float64
}

func judge(rounds []round, limit float64) verdict {
	v := verdict{limit: limit}
	var ratios []float64
	above := 0
	for _, r := range rounds {
		x := r.ratio()
		ratios = append(ratios, x)
		if x > 1 {
			above++
		}
	}
	slices.Sort(ratios)
	v.ratio, v.between = median(ratios), [2]float64{ratios[0], ratios[len(ratios)-1]}
	v.p = signTest(len(ratios), above)
	v.slower = v.ratio > limit && v.p < 0.05
	for _, name := range slices.Sorted(maps.Keys(rounds[0].old)) {
		var old, now, ratio []float64
		for _, r := range rounds {
			if r.old[name] > 0 && r.now[name] > 0 {
				old, now, ratio = append(old, r.old[name]), append(now, r.now[name]), append(ratio, r.now[name]/r.old[name])
			}
		}
		if len(old) > 0 {
			v.lines = append(v.lines, fmt.Sprintf("%-60s %10.2f -> %10.2f  %.3f", name, median(old), median(now), median(ratio)))
		}
	}
	return v
}

func (v verdict) String() string {
	result := "no slower than the rule allows"
	if v.slower {
		result = fmt.Sprintf("SLOWER: above %.2f; mend it, or say in the commit what it buys", v.limit)
	}
	return strings.Join(v.lines, "\n") + fmt.Sprintf("\ngeometric mean, median of the rounds: %.3f (%.3f to %.3f), p = %.3f: %s\n", v.ratio, v.between[0], v.between[1], v.p, result)
}

func median(xs []float64) float64 {
	s := slices.Sorted(slices.Values(xs))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// signTest is the chance that, of n fair coins, so many or more fall on one
// given side.
func signTest(n, above int) float64 {
	p, ways := 0.0, 1.0 // of choosing k of n
	for k := range n + 1 {
		if k >= above {
			p += ways
		}
		ways = ways * float64(n-k) / float64(k+1)
	}
	return p / math.Exp2(float64(n))
}
