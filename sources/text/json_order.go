package text

import (
	"bytes"
	"encoding/binary"
	"slices"

	"leapscore/sources/internal/scan"
)

// keyOrder is the keys of the rows of JSON lines, in their order, with what is known of
// each. Rows mostly have the same keys in the same order and spacing, so that a key is found
// by comparing bytes.
type keyOrder[T any] struct {
	keys  []orderedKey[T]
	slots map[string]int // of the keys, by name
}

type orderedKey[T any] struct {
	lead  []byte // the text from the value before up to the value of the key
	first bool   // there is no value before
	name  string
	of    T
}

const (
	// mostOrdered bounds the keys whose order is known.
	mostOrdered = 4096
	// mostInserted bounds how many keys there are where one is put between others.
	mostInserted = 512
	// mostLeft is how many keys that a row lacks are passed over at once.
	mostLeft = 8
)

// next returns the first key from number at on that b has at byte i, or -1.
func (o *keyOrder[T]) next(b []byte, i, at int) int {
	for k := at; k < len(o.keys) && k < at+mostLeft; k++ {
		if key := &o.keys[k]; len(b)-i > len(key.lead) && key.first == (i == 0) && leads(b[i:i+len(key.lead)], key.lead) {
			return k
		}
	}
	return -1
}

// leads compares texts of the same length, which are short: a call of memequal takes longer.
func leads(a, b []byte) bool {
	n := len(b)
	if n < 8 || len(a) != n {
		return string(a) == string(b)
	}
	for j := 0; j+8 < n; j += 8 {
		if binary.LittleEndian.Uint64(a[j:]) != binary.LittleEndian.Uint64(b[j:]) {
			return false
		}
	}
	return binary.LittleEndian.Uint64(a[n-8:]) == binary.LittleEndian.Uint64(b[n-8:])
}

// find returns what is known of a key.
func (o *keyOrder[T]) find(name []byte) (of T, ok bool) {
	if slot, ok := o.slots[scan.AsString(name)]; ok {
		return o.keys[slot].of, true
	}
	return of, false
}

// learn notes that a key came where number at was expected, first of its row or not, and
// returns the number that is expected behind it.
func (o *keyOrder[T]) learn(at int, first bool, name, lead []byte, of T) int {
	if slot, ok := o.slots[scan.AsString(name)]; ok {
		if slot < at {
			return at
		}
		o.keys[slot].lead, o.keys[slot].first = bytes.Clone(lead), first
		return slot + 1
	}
	if len(o.keys) == mostOrdered || at < len(o.keys) && len(o.keys) >= mostInserted {
		return at
	}
	if o.slots == nil {
		o.slots = make(map[string]int)
	}
	o.keys = slices.Insert(o.keys, at, orderedKey[T]{bytes.Clone(lead), first, string(name), of})
	for i, k := range o.keys[at:] {
		o.slots[k.name] = at + i
	}
	return at + 1
}

// forget begins anew.
func (o *keyOrder[T]) forget() {
	o.keys = o.keys[:0]
	clear(o.slots)
}
