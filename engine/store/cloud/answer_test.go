package cloud_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud"
)

// settings sets the environment, and nothing else of AWS, Google and Azure.
func settings(t *testing.T, pairs ...string) {
	t.Helper()
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "AZURE_") || strings.HasPrefix(name, "GOOGLE_") || strings.HasPrefix(name, "STORAGE_") {
			t.Setenv(name, "")
			os.Unsetenv(name) // t.Setenv restores it
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	for _, pair := range append([]string{"HOME=" + none, "AWS_CONFIG_FILE=" + none, "AWS_SHARED_CREDENTIALS_FILE=" + none, "AWS_EC2_METADATA_DISABLED=true"}, pairs...) {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
}

// failure is the error of reading an object.
func failure(t *testing.T, where string, timeout time.Duration) string {
	t.Helper()
	opt := store.Options{Timeout: timeout, Retries: -1}
	st, name, err := store.OpenWith(t.Context(), where, opt)
	if err == nil {
		defer st.Close()
		_, err = st.ReadFile(t.Context(), name)
	}
	if err == nil {
		t.Fatalf("%s was read", where)
	}
	return err.Error()
}

var keys = []string{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b"}

func TestRefusalsSayWhatToDo(t *testing.T) {
	settings(t, keys...)
	const template = "<Error><Code>%s</Code><Message>%s</Message></Error>"
	for _, x := range []struct {
		status        int
		code, message string
		header, value string
		want          string
	}{
		{403, "RequestTimeTooSkewed", "The difference is too large.", "", "", `the clock of this machine is wrong.*set it, with NTP`},
		{403, "AccessDenied", "Request has expired", "Date", time.Now().UTC().Add(42 * time.Minute).Format(http.TimeFormat), `the clock of this machine is wrong \(4[12]m\d+s behind the store's\)`},
		{403, "AccessDenied", "Request has expired", "Date", time.Now().UTC().Add(-42 * time.Minute).Format(http.TimeFormat), `\(4[12]m\d+s ahead of the store's\)`},
		{403, "AccessDenied", "not authorized to perform: kms:Decrypt", "", "", `the KMS key of the bucket refuses .*kms:Decrypt to read and kms:GenerateDataKey to write`},
		{400, "KMS.DisabledException", "the key is disabled", "", "", `the KMS key of the bucket refuses .*must be enabled`},
		{301, "PermanentRedirect", "use another endpoint", "X-Amz-Bucket-Region", "eu-west-3", `the bucket is in region eu-west-3; add \?region=eu-west-3 to the URL, or set AWS_REGION=eu-west-3`},
		{400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-north-1'", "", "", `the bucket is in region eu-north-1`},
		{301, "PermanentRedirect", "use another endpoint", "", "", `the bucket is in another region .*add \?region=`},
		{400, "ExpiredToken", "The provided token has expired.", "", "", `the credentials have expired`},
		{403, "AccessDenied", "Access Denied", "", "", `access denied \(AccessDenied: Access Denied\); check AWS_ACCESS_KEY_ID`},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if x.header != "" {
				w.Header().Set(x.header, x.value)
			}
			w.WriteHeader(x.status)
			fmt.Fprintf(w, template, x.code, x.message)
		}))
		got := failure(t, "s3://b/x?use_path_style=true&region=us-east-1&endpoint="+server.URL, time.Minute)
		if server.Close(); !strings.HasPrefix(got, "s3://b/x: ") || !regexp.MustCompile(x.want).MatchString(got) {
			t.Errorf("%s (%s): %s, want %s", x.code, x.message, got, x.want)
		}
	}
}

func TestMissingCredentialsAreToldApart(t *testing.T) {
	none := filepath.Join(t.TempDir(), "token")
	for _, x := range []struct {
		where string
		env   []string
		want  string
	}{
		{"s3://b/x?region=us-east-1", []string{"AWS_ROLE_ARN=arn:aws:iam::1:role/x", "AWS_WEB_IDENTITY_TOKEN_FILE=" + none}, `the identity token file ` + none + ` cannot be read; check AWS_WEB_IDENTITY_TOKEN_FILE`},
		{"s3://b/x?region=us-east-1", []string{"AWS_PROFILE=nope"}, `there is no profile nope in .*check AWS_PROFILE`},
		{"s3://b/x?region=us-east-1", nil, `no credentials found; set AWS_ACCESS_KEY_ID`},
		{"s3://b/x", keys, `no region, .*add \?region=eu-west-1 to the URL, or set AWS_REGION`},
		{"gs://b/x", nil, `no credentials found; set GOOGLE_APPLICATION_CREDENTIALS`},
		{"gs://b/x", []string{"GOOGLE_APPLICATION_CREDENTIALS=" + none}, `the credentials of GOOGLE_APPLICATION_CREDENTIALS cannot be read: open ` + none + `: no such file`},
		{"azblob://b/x", nil, `no credentials found; set AZURE_STORAGE_ACCOUNT`},
		{"azblob://b/x", []string{"AZURE_STORAGE_ACCOUNT=a", "AZURE_STORAGE_KEY=!"}, `AZURE_STORAGE_KEY is no key`},
	} {
		settings(t, x.env...)
		if got := failure(t, x.where, time.Minute); !regexp.MustCompile(x.want).MatchString(got) {
			t.Errorf("%s with %q: %s, want %s", x.where, x.env, got, x.want)
		}
	}
}

// The clients retry longer than the timeout allows: the reason for which they do is not lost.
func TestStoresThatCannotBeReachedAreNamed(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secret := httptest.NewTLSServer(http.NotFoundHandler())
	defer secret.Close()
	const s3 = "s3://b/x?use_path_style=true&region=us-east-1&endpoint="
	azure := []string{"AZURE_STORAGE_ACCOUNT=a", "AZURE_STORAGE_KEY=d3Jvbmc="}
	for _, x := range []struct {
		where string
		env   []string
		want  string
	}{
		{s3 + "http://127.0.0.1:1", keys, `connection refused by 127\.0\.0\.1:1; check the endpoint, and that its server runs`},
		{s3 + "http://nowhere.invalid", keys, `there is no host nowhere\.invalid; check|no answer for host nowhere\.invalid`},
		{s3 + strings.Replace(plain.URL, "http:", "https:", 1), keys, `127\.0\.0\.1:\d+ does not speak TLS; write http:// in the endpoint`},
		{s3 + secret.URL, keys, `the certificate of 127\.0\.0\.1:\d+ is signed by an unknown authority; name the file of the authorities`},
		{"gs://b/x", []string{"STORAGE_EMULATOR_HOST=127.0.0.1:1"}, `connection refused by 127\.0\.0\.1:1`},
		{"azblob://b/x?protocol=http&domain=127.0.0.1:1&localemu=true", azure, `connection refused by 127\.0\.0\.1:1`},
	} {
		settings(t, x.env...)
		got := failure(t, x.where, 300*time.Millisecond)
		if !regexp.MustCompile(x.want).MatchString(got) {
			t.Errorf("%s: %s, want %s", x.where, got, x.want)
		}
	}
}
