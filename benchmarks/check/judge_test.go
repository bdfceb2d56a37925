package main

import (
	"maps"
	"math"
	"testing"
)

func TestResultsOfBenchmarks(t *testing.T) {
	got := results("goos: linux\nBenchmarkRun/a/workers=1-2 \t5\t 100 ns/op\t 7.5 cpu-ns/row\t 3 rows/s\nBenchmarkRun/b-2 1 2 ns/op\nPASS", "cpu-ns/row")
	if want := map[string]float64{"BenchmarkRun/a/workers=1-2": 7.5}; !maps.Equal(got, want) {
		t.Errorf("results %v, want %v", got, want)
	}
}

func TestARatioAboveTheLimitMustNotBeChance(t *testing.T) {
	rounds := func(ratios ...float64) (rs []round) {
		for _, x := range ratios {
			rs = append(rs, round{map[string]float64{"a": 10, "b": 4, "gone": 1}, map[string]float64{"a": 10 * x * x, "b": 4, "new": 1}})
		}
		return rs
	}
	for _, c := range []struct {
		name   string
		rounds []round
		slower bool
		ratio  float64
	}{
		{"slower each time", rounds(1.03, 1.04, 1.03, 1.05, 1.03, 1.04), true, 1.035},
		{"slower within the limit", rounds(1.01, 1.01, 1.01, 1.01, 1.01, 1.01), false, 1.01},
		{"slower most times", rounds(1.03, 1.04, 0.9, 1.05, 1.03, 0.99), false, 1.03},
		{"faster", rounds(0.9, 0.9, 0.9, 0.9, 0.9, 0.9), false, 0.9},
		{"too few rounds", rounds(1.2, 1.2, 1.2, 1.2), false, 1.2},
	} {
		v := judge(c.rounds, 1.02)
		if v.slower != c.slower || math.Abs(v.ratio-c.ratio) > 1e-9 {
			t.Errorf("%s: slower %v by %.4f (p = %.3f), want %v by %.4f", c.name, v.slower, v.ratio, v.p, c.slower, c.ratio)
		}
	}
}

func TestSignTest(t *testing.T) {
	for _, c := range []struct {
		n, above int
		want     float64
	}{{1, 1, 0.5}, {5, 5, 1.0 / 32}, {10, 9, 11.0 / 1024}, {4, 0, 1}} {
		if got := signTest(c.n, c.above); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d of %d above: %v, want %v", c.above, c.n, got, c.want)
		}
	}
}
