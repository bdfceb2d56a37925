package cloud

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
)

// openAzure opens a container as gocloud does, with a client that undoes gocloud's
// spelling of keys before a request is signed.
func openAzure(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	opts := azureblob.NewDefaultServiceURLOptions()
	mux := new(blob.URLMux)
	mux.RegisterBucket(azureblob.Scheme, &azureblob.URLOpener{
		ServiceURLOptions: *opts,
		MakeClient: func(service azureblob.ServiceURL, name azureblob.ContainerName) (*container.Client, error) {
			if err := sameOrigin(opts, service); err != nil {
				return nil, err
			}
			return azureClient(string(service), string(name))
		},
	})
	return mux.OpenBucketURL(ctx, u)
}

// shownAzure shows containers of another account than the usual one with the account, so
// that two containers of one name have different URLs.
func shownAzure(u *url.URL) string {
	account, domain := u.Query().Get("storage_account"), u.Query().Get("domain")
	cloud, isCloud := strings.CutPrefix(cmp.Or(domain, "blob.core.windows.net"), "blob.")
	if account == "" || account == os.Getenv("AZURE_STORAGE_ACCOUNT") || !isCloud {
		return ""
	}
	return "abfss://" + u.Host + "@" + account + ".dfs." + cloud + "/"
}

// sameOrigin refuses to send a token, which is a part of the URL of the service,
// anywhere but to the service that the environment names.
func sameOrigin(opts *azureblob.ServiceURLOptions, service azureblob.ServiceURL) error {
	if opts.SASToken == "" {
		return nil
	}
	usual, err := azureblob.NewServiceURL(opts)
	if err != nil {
		return err
	}
	a, err := url.Parse(string(usual))
	if err != nil {
		return err
	}
	b, err := url.Parse(string(service))
	if err != nil {
		return err
	}
	if !strings.EqualFold(a.Scheme, b.Scheme) || !strings.EqualFold(a.Host, b.Host) {
		return errors.New("the URL cannot name another service while AZURE_STORAGE_SAS_TOKEN is set")
	}
	return nil
}

// azureClient looks for credentials where gocloud does.
func azureClient(service, name string) (*container.Client, error) {
	opts := &container.ClientOptions{}
	opts.PerCallPolicies = []policy.Policy{plainKeys{}}
	where, err := url.JoinPath(service, name)
	if err != nil {
		return nil, err
	}
	account, key := os.Getenv("AZURE_STORAGE_ACCOUNT"), os.Getenv("AZURE_STORAGE_KEY")
	connection := os.Getenv("AZURE_STORAGE_CONNECTION_STRING")
	if connection == "" {
		connection = os.Getenv("AZURE_STORAGEBLOB_CONNECTIONSTRING")
	}
	switch {
	case account != "" && key != "":
		shared, err := container.NewSharedKeyCredential(account, key)
		if err != nil {
			return nil, err
		}
		return container.NewClientWithSharedKeyCredential(where, shared, opts)
	case os.Getenv("AZURE_STORAGE_SAS_TOKEN") != "":
		return container.NewClientWithNoCredential(where, opts)
	case connection != "":
		return container.NewClientFromConnectionString(connection, name, opts)
	}
	identity, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		return nil, err
	}
	return container.NewClient(where, identity, opts)
}

// plainKeys undoes gocloud's spelling of keys in the URL of a request. The key stands
// in the path or, for a listing, in the parameters.
type plainKeys struct{}

// Do implements policy.Policy.
func (plainKeys) Do(r *policy.Request) (*http.Response, error) {
	u := r.Raw().URL
	if strings.Contains(u.Path, "__0x") {
		parts := strings.Split(plain(u.Path), "/")
		u.Path = strings.Join(parts, "/")
		for i, p := range parts {
			parts[i] = url.PathEscape(p)
		}
		u.RawPath = strings.Join(parts, "/")
	}
	if q := u.Query(); strings.Contains(q.Get("prefix"), "__0x") {
		q.Set("prefix", plain(q.Get("prefix")))
		u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	}
	return r.Next()
}

func listedAzure(o *blob.ListObject) string {
	var object container.BlobItem
	var folder container.BlobPrefix
	switch {
	case o.As(&object) && object.Name != nil:
		return *object.Name
	case o.As(&folder) && folder.Name != nil:
		return *folder.Name
	}
	return o.Key
}
