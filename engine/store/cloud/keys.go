package cloud

import (
	"context"
	"errors"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"cloud.google.com/go/storage"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	"gocloud.dev/blob"

	"leapscore/engine/store"
)

// gocloud writes some characters of keys as __0x25__, which no other program does:
// "../" everywhere, and %, # and ? on Azure. This file undoes its spelling before a
// request is sent, so that the keys are those that other programs see.

func init() {
	store.RegisterKeys("s3", store.Keys{Open: openS3, Listed: listedS3})
	store.RegisterKeys("gs", store.Keys{Open: openGS, Listed: listedGS, Before: beforeGS, Stat: statGS})
	store.RegisterKeys("azblob", store.Keys{Open: openAzure, Shown: shownAzure, Listed: listedAzure})
}

// spelled is a character in gocloud's spelling.
var spelled = regexp.MustCompile(`__0x([0-9a-fA-F]{1,8})__`)

// plain returns the key that gocloud has spelled so.
func plain(key string) string {
	if !strings.Contains(key, "__0x") {
		return key
	}
	return spelled.ReplaceAllStringFunc(key, func(s string) string {
		r, err := strconv.ParseInt(s[len("__0x"):len(s)-len("__")], 16, 32)
		if err != nil {
			return s
		}
		return string(rune(r))
	})
}

func plainPointer(key *string) *string {
	if key == nil {
		return nil
	}
	s := plain(*key)
	return &s
}

// forcePathStyle is the variable by which other clients of S3 are told that the server has
// no host names for its buckets.
const forcePathStyle = "AWS_S3_FORCE_PATH_STYLE"

// openS3 opens a bucket whose client undoes gocloud's spelling.
func openS3(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	b, err := blob.DefaultURLMux().OpenBucketURL(ctx, u)
	if err != nil {
		return nil, err
	}
	var client *s3.Client
	if b.As(&client) {
		*client = *s3.New(client.Options(), func(o *s3.Options) {
			if !u.Query().Has("use_path_style") && !u.Query().Has("s3ForcePathStyle") {
				o.UsePathStyle, _ = strconv.ParseBool(os.Getenv(forcePathStyle)) // the SDK has no variable for it
			}
			o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
				return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("leapscore.keys", plainInput), middleware.Before)
			})
		})
	}
	return b, nil
}

// plainInput changes copies: an input may be used again, and the plain key must not be
// decoded once more.
func plainInput(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	switch p := in.Parameters.(type) {
	case *s3.GetObjectInput:
		c := *p
		c.Key, in.Parameters = plainPointer(c.Key), &c
	case *s3.HeadObjectInput:
		c := *p
		c.Key, in.Parameters = plainPointer(c.Key), &c
	case *s3.DeleteObjectInput:
		c := *p
		c.Key, in.Parameters = plainPointer(c.Key), &c
	case *s3.PutObjectInput:
		c := *p
		c.Key, in.Parameters = plainPointer(c.Key), &c
	case *s3.CreateMultipartUploadInput:
		c := *p
		c.Key, in.Parameters = plainPointer(c.Key), &c
	case *s3.UploadPartInput:
		c := *p
		c.Key, in.Parameters = plainPointer(c.Key), &c
	case *s3.CompleteMultipartUploadInput:
		c := *p
		c.Key, in.Parameters = plainPointer(c.Key), &c
	case *s3.AbortMultipartUploadInput:
		c := *p
		c.Key, in.Parameters = plainPointer(c.Key), &c
	case *s3.ListObjectsV2Input:
		c := *p
		c.Prefix, in.Parameters = plainPointer(c.Prefix), &c
	}
	return next.HandleInitialize(ctx, in)
}

func listedS3(o *blob.ListObject) string {
	var object types.Object
	var folder types.CommonPrefix
	switch {
	case o.As(&object) && object.Key != nil:
		return *object.Key
	case o.As(&folder) && folder.Prefix != nil:
		return *folder.Prefix
	}
	return o.Key
}

func listedGS(o *blob.ListObject) string {
	var attrs storage.ObjectAttrs
	switch {
	case !o.As(&attrs):
		return o.Key
	case attrs.Prefix != "":
		return attrs.Prefix
	}
	return attrs.Name
}

// renamedGS reports whether gocloud may have a spelling of its own for a key.
func renamedGS(key string) bool {
	return strings.Contains(key, "../") || strings.Contains(key, "__0x") || strings.ContainsAny(key, "\r\n")
}

// beforeGS puts the key itself into the request.
func beforeGS(b *store.Bucket, key string, excl bool, as func(any) bool) error {
	var query *storage.Query
	var object **storage.ObjectHandle
	var client *storage.Client
	switch {
	case !renamedGS(key):
	case as(&query):
		query.Prefix = key
	case as(&object) && b.As(&client):
		*object = client.Bucket(b.Name).Object(key)
		if excl {
			*object = (*object).If(storage.Conditions{DoesNotExist: true})
		}
	}
	return nil
}

// statGS asks for the key itself, where gocloud would ask for another.
func statGS(ctx context.Context, b *store.Bucket, key string) (o store.Object, done bool, err error) {
	var client *storage.Client
	if !renamedGS(key) || !b.As(&client) {
		return o, false, nil
	}
	a, err := client.Bucket(b.Name).Object(key).Attrs(ctx)
	if errors.Is(err, storage.ErrObjectNotExist) {
		return o, true, store.ErrNotExist
	} else if err != nil {
		return o, true, err
	}
	return store.Object{Name: key, Size: a.Size, ETag: store.Tag(a.MD5, a.Updated, a.Size)}, true, nil
}
