package javatext

import "strings"

// Split is s.split(sep) of Java for a separator without special characters in
// it, which must not be empty: the pieces between the separators, less those at
// the end that are empty. Text without a separator is one piece, even if empty.
func Split(s, sep string) []string {
	if !strings.Contains(s, sep) {
		return []string{s}
	}
	return dropEmptyTail(strings.Split(s, sep), 0)
}

// AppendSplitSpace appends s.split("\\s") to dst: every single blank, tab, line
// feed, vertical tab, form feed and carriage return separates.
func AppendSplitSpace(dst []string, s string) []string {
	first, start := len(dst), 0
	for i := range len(s) {
		if c := s[i]; c == ' ' || '\t' <= c && c <= '\r' {
			dst = append(dst, s[start:i])
			start = i + 1
		}
	}
	if start == 0 {
		return append(dst, s)
	}
	return dropEmptyTail(append(dst, s[start:]), first)
}

// dropEmptyTail cuts empty pieces off the end of pieces[first:].
func dropEmptyTail(pieces []string, first int) []string {
	n := len(pieces)
	for n > first && pieces[n-1] == "" {
		n--
	}
	return pieces[:n]
}
