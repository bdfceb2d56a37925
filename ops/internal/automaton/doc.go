// Package automaton finds matches of regular expressions by a table: one look-up
// for each character of a text. A program is a set of threads with an order of
// preference. The match is that of the first thread that gets to the end, which
// is the match that a search with backtracking finds. The table is made once, from
// sets of characters, and knows nothing of the syntax of patterns.
package automaton
