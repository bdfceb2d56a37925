// Package scan holds the parts that the readers of several formats share: opening files
// in parallel, one schema for all files, wider types, blocks of rows, pools of buffers and
// errors of damaged files.
package scan
