package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/google/licensecheck"
)

// allowed are the licences of works that may be linked into a program under
// the Apache License 2.0. Files under the MPL must stay as they are, and their
// source must be named.
var allowed = []string{
	"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "GCC-exception-3.1",
	"ISC", "MIT", "MIT-0", "MPL-2.0", "PostgreSQL", "Unicode-DFS-2016", "Unlicense", "Zlib",
}

var onlyNotice = regexp.MustCompile(`(?i)^(notice|patents|copyright)`)

// leastKnown is the least share of a licence's words, in percent, that must be
// those of known licences.
const leastKnown = 60

// judge fills in the licences of works. Its error names all works whose
// licence is unknown or not allowed.
func judge(works []work) error {
	var errs []error
	for i := range works {
		licences, err := licencesOf(works[i])
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", works[i].name, works[i].version, err))
		}
		works[i].licences = licences
	}
	return errors.Join(errs...)
}

func licencesOf(w work) ([]string, error) {
	if licences, ok, err := lookUp(w); ok {
		return licences, err
	}
	var found []string
	for _, t := range w.texts {
		if onlyNotice.MatchString(t.file) {
			continue
		}
		c := licensecheck.Scan(t.text)
		if c.Percent < leastKnown {
			return found, fmt.Errorf("only %.0f %% of %s is a known licence: read it and add it to release/licences/read.go", c.Percent, t.file)
		}
		for _, m := range c.Match {
			if !m.IsURL {
				found = append(found, m.ID)
			}
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) == 0 {
		return nil, errors.New("it has no licence")
	}
	for _, l := range found {
		if !slices.Contains(allowed, l) {
			return found, fmt.Errorf("licence %s is not allowed; allowed are %v", l, allowed)
		}
	}
	return found, nil
}
