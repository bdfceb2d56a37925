package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// pairs is the value of flags such as --map input=column. Several pairs may
// stand in one value, separated by commas; a piece without an = belongs to the
// value before it, so that a value may have commas.
type pairs struct {
	m    map[string]string
	what string // in the help: "input=column"
}

func newPairs(what string) *pairs { return &pairs{m: map[string]string{}, what: what} }

func (p *pairs) Set(s string) error {
	var key, value string
	for i, piece := range strings.Split(s, ",") {
		k, v, isPair := strings.Cut(piece, "=")
		switch {
		case !isPair && i == 0:
			return fmt.Errorf("%q: want %s", s, p.what)
		case !isPair:
			value += "," + piece
			continue
		case i > 0:
			if err := p.add(key, value); err != nil {
				return err
			}
		}
		key, value = k, v
	}
	return p.add(key, value)
}

func (p *pairs) add(key, value string) error {
	if key == "" {
		return fmt.Errorf("%q: want %s", "="+value, p.what)
	}
	if old, dup := p.m[key]; dup && old != value {
		return fmt.Errorf("%s is given twice, as %q and as %q", key, old, value)
	}
	p.m[key] = value
	return nil
}

func (p *pairs) Type() string { return p.what }

func (p *pairs) String() string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(p.m)) {
		list = append(list, k+"="+p.m[k])
	}
	return strings.Join(list, ",")
}
