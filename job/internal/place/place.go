// Package place answers what is asked of the name of a place, a path or a URL: what
// kind it is, whether two are one, how it is noted in a file.
package place

import (
	"context"
	"path/filepath"
	"strings"

	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/runs"
	"leapscore/sinks"
)

// Absolute makes names of local files those that they have from everywhere.
func Absolute(name string) string {
	if store.IsURL(name) {
		return name
	}
	if abs, err := filepath.Abs(name); err == nil {
		return filepath.ToSlash(abs)
	}
	return name
}

// NameFormat tells the format of a file from a path or URL; ok is not set for
// folders.
func NameFormat(where string) (f sinks.Format, c sinks.Compression, ok bool) {
	return sinks.NameFormat(lastOf(where))
}

// lastOf returns the last part of a path or URL, "" for what can only be a folder.
func lastOf(where string) string {
	where, _ = store.CutParameters(where)
	return where[strings.LastIndexByte(where, '/')+1:]
}

// IsFile reports whether a place is to be one file and not a folder.
func IsFile(where string) bool {
	_, _, ok := NameFormat(where)
	return ok
}

// IsStream reports whether a place is stdout.
func IsStream(where string) bool { return where == sinks.StreamName }

// IsFolder reports whether a place is to be a folder.
func IsFolder(where string) bool { return !IsStream(where) && !IsFile(where) }

// Overlap reports whether one of two places is the other or lies in it.
func Overlap(ctx context.Context, a, b string, stores store.Options) (bool, error) {
	var folders []string
	for _, where := range []string{a, b} {
		full, err := Full(ctx, where, stores)
		if err != nil {
			return false, err
		}
		folders = append(folders, full+"/")
	}
	return strings.HasPrefix(folders[0], folders[1]) || strings.HasPrefix(folders[1], folders[0]), nil
}

// Full returns the URL of a place, or its absolute path, with no slash at the end.
func Full(ctx context.Context, where string, stores store.Options) (string, error) {
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(st.URL(name), "/"), st.Close()
}

// Noted is how a place is noted in a file: without the secrets that are in the
// settings of its store. The names of objects are none.
func Noted(where string) string {
	const before = "s3://bucket?"
	place, settings := store.CutParameters(where)
	if settings == "" {
		return where
	}
	return place + "?" + strings.TrimPrefix(clean.Hide(before+settings), before)
}

// Folder returns the folder that a pattern is in, or the name if it is none.
func Folder(where string) string {
	names, _ := store.CutParameters(where)
	settings := where[len(names):]
	if at := strings.IndexAny(names, "*?[{"); at >= 0 {
		names = names[:max(strings.LastIndexByte(names[:at], '/'), 0)]
	}
	if names == "" {
		names = "."
	}
	return names + settings
}

// Catalog makes the name of a catalog that which it has from everywhere.
func Catalog(where string) string {
	file, ok := strings.CutPrefix(where, "sqlite:///")
	if !ok || strings.HasPrefix(file, "/") {
		return where
	}
	return "sqlite:///" + Absolute(file)
}

// IsEmpty reports whether there is neither a file nor a folder with visible files at
// a place.
func IsEmpty(ctx context.Context, where string, stores store.Options) (bool, error) {
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return false, err
	}
	defer st.Close()
	name = strings.TrimSuffix(strings.TrimSuffix(name, "/"), "/"+sinks.SuccessName)
	if there, err := st.Exists(ctx, name); there || err != nil {
		return false, err
	}
	empty := true
	err = st.List(ctx, name+"/", true, func(o store.Object) error {
		rel := o.Name[len(name)+1:]
		empty = empty && strings.HasPrefix(rel, "_temporary/")
		return nil
	})
	return empty, err
}

// Record returns the place of the record of a run, which is in its table or beside a
// table that is one file, or "" of a run that has written no table.
func Record(output, runID string) string {
	where, settings := store.CutParameters(output)
	switch {
	case output == "" || IsStream(output):
		return ""
	case IsFile(output):
		where = runs.FileName(where)
	default:
		where = store.Join(where, runs.Name(runID))
	}
	if settings != "" {
		where += "?" + settings
	}
	return where
}
