package cloud

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A server without a host name for each bucket may be told by the environment, and the
// URL has the last word.
func TestPathStyleByTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		value, query string
		want         bool
	}{
		{"", "", false}, {"true", "", true}, {"1", "", true}, {"no such word", "", false},
		{"true", "use_path_style=false", false}, {"", "use_path_style=true", true},
	} {
		t.Setenv(forcePathStyle, c.value)
		b, err := openS3(t.Context(), &url.URL{Scheme: "s3", Host: "bucket", RawQuery: "region=eu-west-1&" + c.query})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		var client *s3.Client
		if !b.As(&client) || client.Options().UsePathStyle != c.want {
			t.Errorf("%s=%q and %q: path style %v, want %v", forcePathStyle, c.value, c.query, client.Options().UsePathStyle, c.want)
		}
	}
}
