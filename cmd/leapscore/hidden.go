package main

import (
	"log/slog"
	"os"
	"regexp"

	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/runs"
)

// secretVariables are those of the environment whose values are shown nowhere.
var secretVariables = []string{
	"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING",
	"AZURE_CLIENT_SECRET", "OPENLINEAGE_API_KEY",
}

// hidden returns text without passwords, keys and tokens.
func hidden(text string, more ...string) string {
	values := more
	for _, name := range secretVariables {
		values = append(values, os.Getenv(name))
	}
	return clean.Secrets(text, values...)
}

// secretName tells parameters of queries whose values are shown nowhere.
var secretName = regexp.MustCompile(`(?i)password|passwd|pwd|secret|token|credential|api_?key|access_?key|private_?key`)

// hide has the values of parameters with such names left out of all messages.
func (o *output) hide(params map[string]string) {
	for name, value := range params {
		if secretName.MatchString(name) {
			o.secrets = append(o.secrets, value)
		}
	}
}

// hidden is an error without secrets, and without what a terminal would obey.
func (o *output) hidden(err error) error {
	if err == nil {
		return nil
	}
	return shownError{err, clean.Message(hidden(err.Error(), o.secrets...))}
}

// shownError is an error with another text.
type shownError struct {
	error
	text string
}

func (e shownError) Error() string { return e.text }
func (e shownError) Unwrap() error { return e.error }

// attribute cleans what goes into the log.
func (o *output) attribute(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		return slog.String(a.Key, clean.Text(hidden(v, o.secrets...)))
	case error:
		return slog.String(a.Key, clean.Text(hidden(v.Error(), o.secrets...)))
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = clean.Text(hidden(s, o.secrets...))
		}
		return slog.Any(a.Key, list)
	}
	return a
}

// storePlace is a URL of an object store in a query.
var storePlace = regexp.MustCompile("\\b(?:s3|gs|azblob)://[^\\s\"'`]+")

// withoutTokens returns what tells a query from others: a token in the URL of a store
// that is replaced every hour makes no other query, and another value of a column
// does, whatever the name of the column.
func withoutTokens(query string) string {
	return storePlace.ReplaceAllStringFunc(query, notedPlace)
}

// hideSecrets takes the secrets out of what a record repeats of the command line.
// Names of files are those that the stores give, which hold none.
func hideSecrets(r *runs.Record) {
	texts := []*string{&r.Source.Query, &r.Output.Path, &r.Error}
	if store.IsURL(r.Source.Database) {
		texts = append(texts, &r.Source.Database)
	}
	for i := range r.Models {
		texts = append(texts, &r.Models[i].Path)
	}
	for i := range r.Source.Patterns {
		texts = append(texts, &r.Source.Patterns[i])
	}
	if r.Rejects != nil {
		texts = append(texts, &r.Rejects.Path)
	}
	for _, t := range texts {
		*t = hidden(*t)
	}
	for name, value := range r.Options {
		if store.IsURL(value) { // others are names and values of columns, by which jobs are told apart
			r.Options[name] = hidden(value)
		}
	}
}
