package store

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// clientError is an error of a store's client in one line that people can read. The
// clients' own texts name requests, headers and attempts.
type clientError struct {
	text string
	err  error
}

func (e *clientError) Error() string { return e.text }
func (e *clientError) Unwrap() error { return e.err }

// credentials says where the clients look for them first.
var credentials = map[string]string{
	"s3":     "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
	"gs":     "GOOGLE_APPLICATION_CREDENTIALS",
	"azblob": "AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN",
}

// explain makes an error of a client readable, and says how to mend it.
func explain(scheme string, err error) error {
	text := message(err)
	switch why, code := known(scheme, err, text), status(err); {
	case why != "":
		text = why
	case withoutCredentials(err):
		text = credentialsReason(scheme, err)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		text = fmt.Sprintf("access denied (%s); check %s", text, credentials[scheme])
	}
	return &clientError{text, err}
}

// withoutCredentials reports whether a call was not made because no credentials
// were found.
func withoutCredentials(err error) bool {
	text := err.Error()
	return strings.Contains(text, "get credentials:") || strings.Contains(text, "could not find default credentials") ||
		strings.Contains(text, "AccountName is required")
}

var (
	tokenFile  = regexp.MustCompile(`unable to read file at ([^:]+):`)
	googleFile = regexp.MustCompile(`using GOOGLE_APPLICATION_CREDENTIALS environment variable: (.*)`)
	noProfile  = regexp.MustCompile(`failed to get shared config profile, (\S+)`)
	otherPlace = regexp.MustCompile(`expecting '([^']+)'`)
)

// credentialsReason says why there are no credentials.
func credentialsReason(scheme string, err error) string {
	text := err.Error()
	if m := tokenFile.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("the identity token file %s cannot be read; check AWS_WEB_IDENTITY_TOKEN_FILE, and that the volume with the token is mounted", m[1])
	}
	if api, ok := errors.AsType[apiError](err); ok {
		return fmt.Sprintf("no credentials were given out (%s: %s); check AWS_ROLE_ARN and the trust policy of the role", api.ErrorCode(), api.ErrorMessage())
	}
	if why := network(err); why != "" {
		return "no credentials could be fetched: " + why
	}
	return "no credentials found; set " + credentials[scheme]
}

// headers finds the headers of the answer that an error is about. Package store/cloud
// registers it.
var headers = func(error) http.Header { return nil }

// RegisterHeaders sets the function that finds the headers of the answer that an error of
// a client is about.
func RegisterHeaders(of func(error) http.Header) { headers = of }

// known is an error that can be told from others with what to do about it, or empty.
func known(scheme string, err error, text string) string {
	code, status, all := "", status(err), err.Error()
	if api, ok := errors.AsType[apiError](err); ok {
		code = api.ErrorCode()
	}
	skew, skewed := clockSkew(err, time.Now())
	region := headers(err).Get("X-Amz-Bucket-Region")
	if m := otherPlace.FindStringSubmatch(text); m != nil && region == "" {
		region = m[1]
	}
	switch {
	case skewed || code == "RequestTimeTooSkewed" || code == "RequestExpired":
		return fmt.Sprintf("the clock of this machine is wrong%s, so that the store refuses its requests (%s); set it, with NTP for example", skew, text)
	case strings.Contains(all, "endpoint rule error") && strings.Contains(strings.ToLower(all), "region"):
		return "no region, or one that cannot be; add ?region=eu-west-1 to the URL, or set AWS_REGION"
	case status == http.StatusMovedPermanently, status == http.StatusTemporaryRedirect, code == "PermanentRedirect", code == "AuthorizationHeaderMalformed", code == "IllegalLocationConstraintException",
		region != "" && status == http.StatusBadRequest:
		return wrongRegion(region, text)
	case strings.HasPrefix(code, "KMS."), status == http.StatusForbidden && strings.Contains(strings.ToLower(text), "kms"):
		return fmt.Sprintf("the KMS key of the bucket refuses (%s); the role needs kms:Decrypt to read and kms:GenerateDataKey to write, and the key must be enabled", text)
	case strings.HasPrefix(code, "ExpiredToken"), code == "TokenRefreshRequired":
		return fmt.Sprintf("the credentials have expired (%s); get new ones: AWS_SESSION_TOKEN has an end", text)
	case code == "NoSuchBucket", strings.Contains(text, "specified bucket does not exist"), strings.Contains(all, "ContainerNotFound"):
		return "there is no such bucket; check its name, the account and the endpoint"
	}
	if m := googleFile.FindStringSubmatch(all); m != nil {
		return fmt.Sprintf("the credentials of GOOGLE_APPLICATION_CREDENTIALS cannot be read: %s", m[1])
	}
	if strings.Contains(all, "decode account key") {
		return "AZURE_STORAGE_KEY is no key, which is base64; copy the whole key of the account"
	}
	if m := noProfile.FindStringSubmatch(all); m != nil {
		return fmt.Sprintf("there is no profile %s in ~/.aws/config or ~/.aws/credentials; check AWS_PROFILE, and ?profile= of the URL", strings.Trim(m[1], `"`))
	}
	return ""
}

func wrongRegion(region, text string) string {
	if region == "" {
		return fmt.Sprintf("the bucket is in another region (%s); add ?region=... to the URL, or set AWS_REGION", text)
	}
	return fmt.Sprintf("the bucket is in region %s; add ?region=%s to the URL, or set AWS_REGION=%s", region, region, region)
}

// clockSkew says how far the clock of this machine is from that of a store which refuses a
// request, if that is too far.
func clockSkew(err error, now time.Time) (string, bool) {
	date, parseErr := http.ParseTime(headers(err).Get("Date"))
	if code := status(err); parseErr != nil || code != http.StatusForbidden && code != http.StatusUnauthorized && code != http.StatusBadRequest {
		return "", false
	}
	switch skew := now.Sub(date).Round(time.Second); {
	case skew > mostSkew:
		return fmt.Sprintf(" (%v ahead of the store's)", skew), true
	case skew < -mostSkew:
		return fmt.Sprintf(" (%v behind the store's)", -skew), true
	}
	return "", false
}

// mostSkew is less than what stores allow, 15 minutes, and more than a request takes.
const mostSkew = 10 * time.Minute

// statuses finds the status in errors of Azure's and Google's clients.
var statuses = regexp.MustCompile(`RESPONSE (\d{3}): \d{3} ([^\n]*)|googleapi: (?:got HTTP response code|Error) (\d{3})`)

// status returns the status of the HTTP response that err is about, or 0.
func status(err error) int {
	if err == nil {
		return 0
	}
	type response interface {
		error
		HTTPStatusCode() int
	}
	if r, ok := errors.AsType[response](err); ok {
		return r.HTTPStatusCode()
	}
	if m := statuses.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1] + m[3])
		return n
	}
	return 0
}

// apiError is an error of S3's client.
type apiError interface {
	error
	ErrorCode() string
	ErrorMessage() string
}

// message is the part of a client's error that names the cause.
func message(err error) string {
	if api, ok := errors.AsType[apiError](err); ok {
		if api.ErrorCode() == api.ErrorMessage() {
			return api.ErrorCode()
		}
		return api.ErrorCode() + ": " + strings.TrimRight(api.ErrorMessage(), ". ")
	}
	if why := network(err); why != "" {
		return why
	}
	if call, ok := errors.AsType[*url.Error](err); ok {
		return call.Err.Error()
	}
	text := err.Error()
	if m := statuses.FindStringSubmatch(text); m != nil && m[2] != "" {
		return strings.TrimRight(m[2], ". ")
	}
	// gocloud says which of its packages and codes it was.
	if at := strings.Index(text, "): "); at > 0 && strings.HasPrefix(text, "blob (") {
		text = text[at+len("): "):]
		if at := strings.Index(text, "): "); at > 0 && strings.HasPrefix(text, "(code=") {
			text = text[at+len("): "):]
		}
	}
	text, _, _ = strings.Cut(text, "\n")
	return text
}
