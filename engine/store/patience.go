package store

import (
	"context"
	"time"

	"gocloud.dev/blob"
)

// Patience is how an upload retries its requests.
type Patience struct {
	PartBytes   int64
	PartsAtOnce int
	// Retries is how often a request is retried, with exponential backoff from
	// FirstPause to LastPause.
	Retries               int
	FirstPause, LastPause time.Duration
	// Undo is how long the removal of parts may take.
	Undo time.Duration
}

// Uploads gives the uploads of a kind of store a Patience: by the context, by the
// hook that gocloud calls before it writes (blob.WriterOptions.BeforeWrite), or both.
type Uploads func(ctx context.Context, bucket *blob.Bucket, p Patience) (context.Context, func(as func(any) bool) error)

var uploads = map[string]Uploads{}

// RegisterUploads sets the Uploads of a kind of store. Package store/cloud calls it
// before any store is opened.
func RegisterUploads(scheme string, u Uploads) { uploads[scheme] = u }
