package store

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"gocloud.dev/blob"
)

// parameters is what can follow a question mark as the parameters of a store.
var parameters = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(=[^&]*)?(&[A-Za-z][A-Za-z0-9_]*(=[^&]*)?)*$`)

// CutParameters cuts a URL of an object store before its parameters. All that stands
// before them is literal, as other programs take it: there are no escapes, and # has
// no meaning. The parameters begin at the last question mark, if name=value follows
// it, or nothing; other question marks belong to the key or the pattern. A path, which
// has no parameters, is returned as it is.
func CutParameters(where string) (place, params string) {
	if !IsURL(where) || strings.HasPrefix(where, "file:") {
		return where, ""
	}
	return cutParameters(where)
}

func cutParameters(where string) (place, params string) {
	at := strings.LastIndexByte(where, '?')
	if at < 0 || at+1 < len(where) && !parameters.MatchString(where[at+1:]) {
		return where, ""
	}
	return where[:at], where[at+1:]
}

// maxKey is how many bytes the key of an object can have, on S3 and Google's store;
// Azure takes as many characters.
const maxKey = 1024

// CheckKey returns an error if the storage cannot have an object that every reader
// finds under the name.
func (s *Store) CheckKey(name string) error {
	if d, ok := s.Driver.(KeyChecker); ok {
		return d.CheckKey(name)
	}
	return nil
}

// CheckKey implements KeyChecker.
func (d *blobDriver) CheckKey(name string) error {
	why := ""
	switch {
	case !utf8.ValidString(name):
		why = "the name is not UTF-8"
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7F }):
		why = "the name has a control character"
	case len(name) > maxKey:
		why = fmt.Sprintf("the name has %d bytes, and %d is the most", len(name), maxKey)
	case d.scheme == "azblob" && strings.ContainsRune(name, '\\'):
		why = "Azure takes a backslash in a name for a slash"
	}
	if why == "" {
		return nil
	}
	return &KeyError{URL: d.URL(name), Why: why}
}

// KeyError reports a name that no object can have.
type KeyError struct{ URL, Why string }

func (e *KeyError) Error() string {
	return fmt.Sprintf("%.200q: no object can be called so: %s; choose another name", e.URL, e.Why)
}

// Keys make the keys of a kind of store literal where gocloud has a spelling of its
// own for some: it writes a/../b as a/..__0x2f__b. A field that is nil has nothing to
// do.
type Keys struct {
	// Open takes the place of gocloud's opener.
	Open func(ctx context.Context, u *url.URL) (*blob.Bucket, error)
	// Shown returns how the URLs of a bucket begin, or "" for scheme://bucket/.
	Shown func(u *url.URL) string
	// Listed returns the key of an object or a folder of a listing.
	Listed func(o *blob.ListObject) string
	// Before is called before gocloud reads, writes, deletes or lists, as its
	// BeforeRead and so on are. excl is set if the object must be new.
	Before func(b *Bucket, key string, excl bool, as func(any) bool) error
	// Stat returns the attributes of an object; done is not set if gocloud's are
	// those of the key.
	Stat func(ctx context.Context, b *Bucket, key string) (o Object, done bool, err error)
}

// Bucket is a bucket with its name, which gocloud does not expose.
type Bucket struct {
	*blob.Bucket
	Name string
}

var keysOf = map[string]Keys{}

// RegisterKeys sets the Keys of a kind of store. Package store/cloud calls it before
// any store is opened.
func RegisterKeys(scheme string, k Keys) { keysOf[scheme] = k }

// before returns what gocloud is to call before it touches a key.
func (d *blobDriver) before(key string, excl bool) func(as func(any) bool) error {
	if d.keys.Before == nil {
		return nil
	}
	return func(as func(any) bool) error { return d.keys.Before(&d.bucket, key, excl, as) }
}

// stat returns the attributes of an object.
func (d *blobDriver) stat(ctx context.Context, name string) (Object, error) {
	if d.keys.Stat != nil {
		if o, done, err := d.keys.Stat(ctx, &d.bucket, name); done {
			return o, err
		}
	}
	a, err := d.bucket.Attributes(ctx, name)
	if err != nil {
		return Object{}, err
	}
	return Object{Name: name, Size: a.Size, ETag: Tag(a.MD5, a.ModTime, a.Size)}, nil
}
