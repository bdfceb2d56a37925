//go:build oracle

package main

import "testing"

func TestRandomSubjectsGiveMLeapsBits(t *testing.T) {
	for _, kind := range []string{"ops", "pipelines"} {
		o := options{kind: kind, out: t.TempDir(), seed: 1, subjects: 2 * len(generators), rows: 20, seconds: 300, most: 3}
		found, err := fuzz(o)
		if err != nil {
			t.Fatal(err)
		}
		if found > 0 {
			t.Errorf("%s: %d differences", kind, found)
		}
	}
}
