package main

import (
	"log/slog"

	"leapscore/internal/clean"
	"leapscore/job"
)

// secrets are values that are shown nowhere.
type secrets struct{ values []string }

// hide has the secrets among the parameters of a query left out of all messages.
func (o *secrets) hide(spec job.Spec) { o.values = append(o.values, spec.Secrets()...) }

// hidden is an error without secrets, and without what a terminal would obey.
func (o *secrets) hidden(err error) error { return clean.Error(err, o.values...) }

// attribute cleans what goes into the log.
func (o *secrets) attribute(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		return slog.String(a.Key, clean.Text(clean.Hide(v, o.values...)))
	case error:
		return slog.String(a.Key, clean.Text(clean.Hide(v.Error(), o.values...)))
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = clean.Text(clean.Hide(s, o.values...))
		}
		return slog.Any(a.Key, list)
	}
	return a
}
