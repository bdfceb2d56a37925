// Package words puts errors of DuckDB into words that say what to do with leapscore.
package words

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"leapscore/internal/duckfile"
)

var (
	versions  = regexp.MustCompile(`version number \d+, but we can only read versions? (between (\d+) and (\d+)|(\d+))`)
	lock      = regexp.MustCompile(`Conflicting lock is held in (.*?)(?:\. (?:However|See also)|\n|$)`)
	noTable   = regexp.MustCompile(`Table with name (\S+) does not exist!`)
	meant     = regexp.MustCompile(`\nDid you mean "([^"\n]*)"\?`)
	extension = regexp.MustCompile(`(?s)with name "?([A-Za-z0-9_]+)"? is not in the catalog, but it exists in the (\S+) extension.*`)
	lacking   = regexp.MustCompile(`(?s)Extension "(?:[^"]*/)?([A-Za-z0-9_]+?)(?:\.duckdb_extension)?" not found.*`)
)

// Open explains why a database cannot be opened. ours is the version of DuckDB inside.
func Open(path, msg, ours string) string {
	if m := versions.FindStringSubmatch(msg); m != nil {
		return tooNew(path, ours, m)
	}
	if m := lock.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%s is open for writing in %s; wait until that has ended, or have it close the database, or read a copy of the file", path, m[1])
	}
	return fmt.Sprintf("open %q: %s", path, Query(msg, true))
}

// tooNew says which DuckDB a file needs, and how it gets read.
func tooNew(path, ours string, m []string) string {
	reads := m[4]
	if reads == "" {
		reads = m[2] + " to " + m[3]
	}
	by, storage := "another version of DuckDB", "?"
	if h, err := duckfile.Read(path); err == nil {
		storage = fmt.Sprint(h.Storage)
		if h.Writer != "" {
			by = "DuckDB " + h.Writer
		}
	}
	return fmt.Sprintf("%s was written by %s (storage version %s); leapscore has DuckDB %s, which reads %s. Write a copy with that DuckDB:\n"+
		"  ATTACH '%s' AS new (READ_ONLY); ATTACH 'copy.db' AS copy (STORAGE_VERSION 'v1.4.0'); COPY FROM DATABASE new TO copy;\n"+
		"or write the tables to Parquet: COPY new.TABLE TO 'TABLE.parquet'", path, by, storage, ours, reads, path)
}

// Query explains what DuckDB says of a query. database says whether it has one.
func Query(msg string, database bool) string {
	msg = withoutStack(msg)
	if m := extension.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%s is a function of DuckDB's extension %s, which leapscore does not have; %s", m[1], m[2], without)
	}
	if m := lacking.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("this needs DuckDB's extension %s, which leapscore does not have; %s", m[1], without)
	}
	// DuckDB proposes tables of its own catalog for any name.
	if m := meant.FindStringSubmatch(msg); m != nil && internal(m[1]) {
		msg = strings.Replace(msg, m[0], "", 1)
	}
	if m := noTable.FindStringSubmatch(msg); m != nil && !database {
		msg = strings.Replace(msg, m[0], m[0]+"\nA query names files, as FROM 'folder/*.parquet', or tables of --db FILE.", 1)
	}
	return msg
}

// without says what a query can do instead of loading extensions.
const without = "it cannot load extensions. It reads Parquet, CSV, JSON, Arrow and Avro files by name, here and on s3://, gs:// and azblob://; write other tables to such files first"

func internal(table string) bool {
	for _, prefix := range []string{"pg_", "duckdb_", "sqlite_", "information_schema"} {
		if strings.HasPrefix(table, prefix) {
			return true
		}
	}
	return false
}

// withoutStack leaves out what an internal error of DuckDB says for its authors.
func withoutStack(msg string) string {
	cut := false
	for _, mark := range []string{"\nThis error signals", "\nStack Trace", "\n\nStack Trace"} {
		if head, _, found := strings.Cut(msg, mark); found {
			msg, cut = strings.TrimSpace(head), true
		}
	}
	if cut || strings.HasPrefix(msg, "INTERNAL Error") {
		return msg + "\nThis is a fault of DuckDB: write the query in another way, or read the files with --input."
	}
	return msg
}

// other are words that begin statements which return no rows of their own.
var other = strings.Fields("ALTER ANALYZE ATTACH BEGIN CALL CHECKPOINT COMMENT COMMIT COPY CREATE DEALLOCATE DELETE DETACH DROP EXECUTE EXPLAIN EXPORT FORCE IMPORT INSERT INSTALL LOAD MERGE " +
	"PRAGMA PREPARE RESET ROLLBACK SET TRUNCATE UNLOAD UPDATE USE VACUUM")

var comment = regexp.MustCompile(`^(?:\s|;|--[^\n]*(?:\n|$)|/\*(?s:.*?)\*/)+`)

// Statement says why a statement is not a query, or is empty.
func Statement(text string) string {
	text = comment.ReplaceAllString(text, "")
	word := strings.ToUpper(text[:len(text)-len(strings.TrimLeft(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"))])
	if !slices.Contains(other, word) {
		return ""
	}
	return word + " is no query: want one SELECT. " + Instead
}

// Instead says what stands for other statements.
const Instead = "In place of ATTACH there is --db FILE, in place of SET the flags --workers and --memory, in place of CREATE a WITH before the SELECT; " +
	"INSTALL and LOAD are not there: files are read by name, as FROM 'x.parquet'"
