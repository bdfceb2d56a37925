package testseed

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// recorded is a test that may fail, and what it prints then.
type recorded struct {
	testing.TB
	failed   bool
	cleanups []func()
	log      []string
}

func (r *recorded) Helper()                  {}
func (r *recorded) Failed() bool             { return r.failed }
func (r *recorded) Cleanup(f func())         { r.cleanups = append(r.cleanups, f) }
func (r *recorded) Logf(f string, as ...any) { r.log = append(r.log, fmt.Sprintf(f, as...)) }

// end ends the test and returns what it has printed.
func (r *recorded) end() []string {
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
	return r.log
}

func TestSeedsAreThoseOfTheCode(t *testing.T) {
	t.Setenv(variable, "")
	if got, want := Rand(t, 5, 7).Uint64(), rand.New(rand.NewPCG(5, 7)).Uint64(); got != want {
		t.Errorf("first number of seed 5: %d, want %d", got, want)
	}
	if got := slices.Collect(Seeds(t, 3)); !slices.Equal(got, []uint64{0, 1, 2}) {
		t.Errorf("seeds %d, want 0, 1, 2", got)
	}
}

func TestTheEnvironmentSetsTheSeed(t *testing.T) {
	t.Setenv(variable, "18446744073709551615")
	if got, want := Rand(t, 5, 7).Uint64(), rand.New(rand.NewPCG(1<<64-1, 7)).Uint64(); got != want {
		t.Errorf("first number: %d, want %d", got, want)
	}
	t.Setenv(variable, "40")
	if got := slices.Collect(Seeds(t, 3)); !slices.Equal(got, []uint64{40, 41, 42}) {
		t.Errorf("seeds %d, want 40, 41, 42", got)
	}
}

func TestAFailurePrintsTheSeed(t *testing.T) {
	t.Setenv(variable, "")
	for _, c := range []struct {
		name string
		test func(r *recorded)
		want []string
	}{
		{"success", func(r *recorded) { Rand(r, 3, 1); Seeds(r, 9) }, nil},
		{"one series", func(r *recorded) { Rand(r, 3, 1); r.failed = true }, []string{"LEAPSCORE_SEED=3 runs this test with the same random numbers"}},
		{"one of many", func(r *recorded) {
			for seed := range Seeds(r, 9) {
				r.failed = r.failed || seed == 4
			}
		}, []string{"LEAPSCORE_SEED=4 runs this test with the same random numbers"}},
		{"the last one run", func(r *recorded) {
			for seed := range Seeds(r, 9) {
				if seed == 6 {
					r.failed = true
					break
				}
			}
		}, []string{"LEAPSCORE_SEED=6 runs this test with the same random numbers"}},
	} {
		r := &recorded{TB: t}
		c.test(r)
		if got := r.end(); !slices.Equal(got, c.want) {
			t.Errorf("%s: printed %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSeedsOfTheClockCanBeRepeated(t *testing.T) {
	t.Setenv(variable, "")
	r := &recorded{TB: t, failed: true}
	want := OfClock(r).Uint64()
	var seed string
	if _, err := fmt.Sscanf(r.end()[0], "LEAPSCORE_SEED=%s runs", &seed); err != nil {
		t.Fatal(err)
	}
	t.Setenv(variable, seed)
	if got := OfClock(t).Uint64(); got != want {
		t.Errorf("first number with seed %s: %d, want %d", seed, got, want)
	}
}
