package models

import "testing"

func TestIterationsAreARange(t *testing.T) {
	for text, want := range map[string][2]int{"": {0, 10}, "3:7": {3, 7}, "3:": {3, 10}, ":7": {0, 7}, "7": {0, 7}, "0:10": {0, 10}} {
		it, err := ParseIterations(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if first, end, err := it.Of(10); err != nil || [2]int{first, end} != want {
			t.Errorf("%q of 10 rounds: %d to %d, %v; want %v", text, first, end, err, want)
		}
	}
	for _, text := range []string{"a", "3:3", "4:3", "-1", "1:2:3", "0", "1.5"} {
		if it, err := ParseIterations(text); err == nil {
			t.Errorf("%q: %v, want an error", text, it)
		}
	}
	for _, text := range []string{"11", "10:", "3:11"} {
		it, err := ParseIterations(text)
		if err != nil {
			t.Fatal(err)
		}
		if first, end, err := it.Of(10); err == nil {
			t.Errorf("%q of 10 rounds: %d to %d, want an error", text, first, end)
		}
	}
}
