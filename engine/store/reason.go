package store

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
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

// explain makes an error of a client readable.
func explain(scheme string, err error) error {
	text := message(err)
	switch code := status(err); {
	case withoutCredentials(err):
		text = "no credentials found; set " + credentials[scheme]
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

// statuses finds the status in errors of Azure's and Google's clients.
var statuses = regexp.MustCompile(`RESPONSE (\d{3}): \d{3} ([^\n]*)|googleapi: (?:got HTTP response code|Error) (\d{3})`)

// status returns the status of the HTTP response that err is about, or 0.
func status(err error) int {
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
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return "there is no host " + dns.Name
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Error()
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
