// Package cloud makes s3://, gs:// and azblob:// URLs known to package store. A
// program imports it for this effect alone. It is a package of its own because the
// SDKs are a large part of a binary and of the time to build it, which tests of
// tables and sources need not pay for.
package cloud

import (
	"context"
	"math/rand/v2"
	"time"

	"cloud.google.com/go/storage"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/googleapis/gax-go/v2"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob
	_ "gocloud.dev/blob/gcsblob"   // gs
	_ "gocloud.dev/blob/s3blob"    // s3

	"leapscore/engine/store"
)

func init() {
	store.RegisterUploads("s3", s3Uploads)
	store.RegisterUploads("gs", gsUploads)
	store.RegisterUploads("azblob", azblobUploads)
}

// s3Uploads retries the requests of an upload more often than the client does by
// default. The removal of parts has a timeout of its own, because the upload may have
// failed by timeout.
func s3Uploads(ctx context.Context, bucket *blob.Bucket, p store.Patience) (context.Context, func(as func(any) bool) error) {
	return ctx, func(as func(any) bool) error {
		var client *s3.Client
		var tm *transfermanager.Client
		var in *transfermanager.UploadObjectInput
		if !bucket.As(&client) || !as(&tm) || !as(&in) {
			return nil
		}
		*tm = *transfermanager.New(patientS3{client, p}, func(o *transfermanager.Options) {
			o.PartSizeBytes, o.Concurrency = p.PartBytes, p.PartsAtOnce
			o.RequestChecksumCalculation = client.Options().RequestChecksumCalculation
			o.FailTimeout = p.Undo
		})
		return nil
	}
}

// patientS3 is a client that retries the requests of large uploads as p says.
type patientS3 struct {
	*s3.Client
	p store.Patience
}

func (c patientS3) patient(more []func(*s3.Options)) []func(*s3.Options) {
	return append(more, func(o *s3.Options) {
		if r, ok := retry.AddWithMaxAttempts(o.Retryer, 1+c.p.Retries).(aws.RetryerV2); ok {
			o.Retryer = paced{r, c.p}
		}
	})
}

// paced is a retryer with the backoff of p.
type paced struct {
	aws.RetryerV2
	p store.Patience
}

func (r paced) RetryDelay(attempt int, _ error) (time.Duration, error) {
	pause := min(r.p.FirstPause<<min(attempt-1, 20), r.p.LastPause)
	return pause/2 + rand.N(pause), nil
}

func (c patientS3) CreateMultipartUpload(ctx context.Context, in *s3.CreateMultipartUploadInput, more ...func(*s3.Options)) (*s3.CreateMultipartUploadOutput, error) {
	return c.Client.CreateMultipartUpload(ctx, in, c.patient(more)...)
}

func (c patientS3) UploadPart(ctx context.Context, in *s3.UploadPartInput, more ...func(*s3.Options)) (*s3.UploadPartOutput, error) {
	return c.Client.UploadPart(ctx, in, c.patient(more)...)
}

func (c patientS3) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput, more ...func(*s3.Options)) (*s3.CompleteMultipartUploadOutput, error) {
	return c.Client.CompleteMultipartUpload(ctx, in, c.patient(more)...)
}

func (c patientS3) PutObject(ctx context.Context, in *s3.PutObjectInput, more ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	return c.Client.PutObject(ctx, in, c.patient(more)...)
}

// gsUploads retries the first request of an upload too, which the client does not do
// if an object may be replaced.
func gsUploads(ctx context.Context, _ *blob.Bucket, p store.Patience) (context.Context, func(as func(any) bool) error) {
	return ctx, func(as func(any) bool) error {
		var object **storage.ObjectHandle
		if as(&object) {
			*object = (*object).Retryer(storage.WithPolicy(storage.RetryAlways),
				storage.WithBackoff(gax.Backoff{Initial: p.FirstPause, Max: p.LastPause, Multiplier: 2}))
		}
		return nil
	}
}

func azblobUploads(ctx context.Context, _ *blob.Bucket, p store.Patience) (context.Context, func(as func(any) bool) error) {
	return policy.WithRetryOptions(ctx, policy.RetryOptions{
		MaxRetries: int32(p.Retries), RetryDelay: p.FirstPause, MaxRetryDelay: p.LastPause,
	}), nil
}
