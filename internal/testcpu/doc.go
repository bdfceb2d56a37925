// Package testcpu measures processor time, for benchmarks.
package testcpu
