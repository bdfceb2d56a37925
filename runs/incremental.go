package runs

import "slices"

// Present returns those of a table's runs, the last one first, whose rows are in
// it: those since it was last overwritten.
func Present(history []*Record) []*Record {
	for i, r := range history {
		if r.Output.Mode == "overwrite" {
			return history[:i+1]
		}
	}
	return history
}

// Inputs returns the files that runs have read, the last one first, each as the
// last run that read it has found it.
func Inputs(present []*Record) []File {
	var files []File
	seen := map[string]bool{}
	for _, r := range present {
		for _, f := range r.Source.Files {
			if !seen[f.Name] {
				seen[f.Name] = true
				files = append(files, f)
			}
		}
	}
	slices.SortFunc(files, func(a, b File) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return files
}

// Incremental says which part of its inputs a run has scored.
type Incremental struct {
	After   string `json:"after,omitempty"` // the run that was the last one before
	Known   int    `json:"known"`           // inputs that were left out
	New     int    `json:"new"`
	Changed int    `json:"changed"`
}
