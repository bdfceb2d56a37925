package cloud

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	smithy "github.com/aws/smithy-go/transport/http"
	"gocloud.dev/blob"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/googleapi"

	"leapscore/engine/store"
)

func init() { store.RegisterHeaders(headers) }

// openGS opens a bucket, if there are credentials for it. Without them gocloud would print
// a warning on stdout and fail later, by a key that is empty.
func openGS(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	q := u.Query()
	emulated := os.Getenv("STORAGE_EMULATOR_HOST") != "" || os.Getenv("STORAGE_EMULATOR_HOST_GRPC") != ""
	if !emulated && q.Get("anonymous") == "" && q.Get("access_id") == "" {
		if _, err := google.FindDefaultCredentials(ctx); err != nil {
			return nil, err
		}
	}
	return blob.DefaultURLMux().OpenBucketURL(ctx, u)
}

// headers returns the headers of the answer that an error of a client is about, or nil.
func headers(err error) http.Header {
	if e, ok := errors.AsType[*smithy.ResponseError](err); ok && e.Response != nil && e.Response.Response != nil {
		return e.Response.Header
	}
	if e, ok := errors.AsType[*azcore.ResponseError](err); ok && e.RawResponse != nil {
		return e.RawResponse.Header
	}
	if e, ok := errors.AsType[*googleapi.Error](err); ok {
		return e.Header
	}
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok && e.Response != nil {
		return e.Response.Header
	}
	return nil
}
