// Package text reads CSV (RFC 4180) and JSON lines. A survey of all rows settles the
// types of the columns that no model names, before the first row is read (survey.go,
// json_survey.go).
package text
