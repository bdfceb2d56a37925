package store

import (
	"context"
	"time"

	"gocloud.dev/blob"
)

// Patience says how an upload goes on after requests of it have failed.
type Patience struct {
	PartBytes   int64
	PartsAtOnce int
	// Retries is how often a request is repeated, after FirstPause, then twice that
	// and so on, at most LastPause.
	Retries               int
	FirstPause, LastPause time.Duration
	// Undo is how long the removal of parts may take.
	Undo time.Duration
}

// Uploads makes the uploads of a kind of store patient: by the context, by what
// gocloud calls before it writes (blob.WriterOptions.BeforeWrite), or both.
type Uploads func(ctx context.Context, bucket *blob.Bucket, p Patience) (context.Context, func(as func(any) bool) error)

var uploads = map[string]Uploads{}

// RegisterUploads is for package store/cloud, before anything is opened.
func RegisterUploads(scheme string, u Uploads) { uploads[scheme] = u }
