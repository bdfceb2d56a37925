package automaton

import "testing"

// words is the program of (?<![a-z])[a-z]+ with a refused digit.
func words() *Program {
	return &Program{
		Threads: []Thread{
			{Kind: Match},
			{Kind: Split, Next: []int{2, 0}},
			{Kind: Take, Set: 0, Next: []int{1}},
			{Kind: Check, Test: func(before, _ Context) bool { return !before.Has(0) }, Next: []int{2}},
		},
		First:    3,
		Sets:     []Set{{{'a', 'z'}}, {{'0', '9'}}},
		Before:   1,
		Refused:  1,
		LineEnds: [3]int{-1, -1, -1},
	}
}

func TestNext(t *testing.T) {
	tests := []struct {
		text             string
		from, start, end int
		out              Outcome
	}{
		{"  ab cd", 0, 2, 4, Found},
		{"  ab cd", 3, 5, 7, Found}, // ab is cut by from, and what is before still counts
		{"é😀ab", 0, 6, 8, Found},
		{"- -", 0, 0, 0, None},
		{"", 0, 0, 0, None},
		{"-1a", 0, 1, 0, Unknown},
		{"ab1", 0, 0, 0, Unknown},
	}
	a := Compile(words())
	for _, tt := range tests {
		search := a.Search(tt.text)
		start, end, out := search.Next(tt.from, false)
		if out != tt.out || out != Unknown && (start != tt.start || end != tt.end) {
			t.Errorf("next in %q from %d: %d to %d, %d, want %d to %d, %d", tt.text, tt.from, start, end, out, tt.start, tt.end, tt.out)
		}
	}
}

func TestNextOfAnyLengthEndsAtTheFirstChance(t *testing.T) {
	search := Compile(words()).Search("-abc")
	if start, end, out := search.Next(0, true); start != 1 || end != 2 || out != Found {
		t.Errorf("any match: %d to %d, %d, want 1 to 2", start, end, out)
	}
}

// A program of too many rows or sets has no table.
func TestCompileGivesUpOnBigPrograms(t *testing.T) {
	p := words()
	p.Sets = make([]Set, MaxSets+1)
	if Compile(p) != nil {
		t.Errorf("%d sets have a table, want none", len(p.Sets))
	}
	p = &Program{Sets: []Set{{{'a', 'a'}}, {{'a', 'b'}}}, Refused: -1, LineEnds: [3]int{-1, -1, -1}}
	p.Threads = []Thread{{Kind: Match}}
	for range 40 { // [ab]*a[ab]{40}: a row for every choice of places
		p.Threads = append(p.Threads, Thread{Kind: Take, Set: 1, Next: []int{len(p.Threads) - 1}})
	}
	p.Threads = append(p.Threads, Thread{Kind: Take, Set: 0, Next: []int{40}},
		Thread{Kind: Split, Next: []int{43, 41}}, Thread{Kind: Take, Set: 1, Next: []int{42}})
	p.First = 42
	if Compile(p) != nil {
		t.Error("a program of very many rows has a table, want none")
	}
}
