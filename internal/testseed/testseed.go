// Package testseed gives random tests their seeds. A test that fails prints
// the seed of its random numbers, and LEAPSCORE_SEED=N in the environment runs
// it with that seed again. Without the variable, the seeds are those in the
// test's code, or of the clock where a test is about moments.
package testseed

import (
	"iter"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

const variable = "LEAPSCORE_SEED"

// Rand returns the random numbers of a test that makes one series of them.
func Rand(tb testing.TB, seed, stream uint64) *rand.Rand {
	tb.Helper()
	if wanted, ok := fromEnvironment(tb); ok {
		seed = wanted
	}
	tb.Cleanup(func() { printAfterFailure(tb, seed) })
	return rand.New(rand.NewPCG(seed, stream))
}

// OfClock returns random numbers that differ from run to run.
func OfClock(tb testing.TB) *rand.Rand {
	tb.Helper()
	return Rand(tb, uint64(time.Now().UnixNano()), 0)
}

// Seeds yields n seeds in a row, from 0 or from the one in the environment. It
// notes with which of them the test failed first.
func Seeds(tb testing.TB, n uint64) iter.Seq[uint64] {
	tb.Helper()
	first, _ := fromEnvironment(tb)
	seed, failed := first, false
	tb.Cleanup(func() { printAfterFailure(tb, seed) })
	return func(yield func(uint64) bool) {
		for i := range n {
			if !failed {
				seed = first + i
			}
			if !yield(first + i) {
				return
			}
			failed = failed || tb.Failed()
		}
	}
}

func fromEnvironment(tb testing.TB) (seed uint64, ok bool) {
	tb.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return 0, false
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		tb.Fatalf("%s=%s: want a number from 0 to 18446744073709551615", variable, text)
	}
	return seed, true
}

func printAfterFailure(tb testing.TB, seed uint64) {
	if tb.Failed() {
		tb.Logf("%s=%d runs this test with the same random numbers", variable, seed)
	}
}
