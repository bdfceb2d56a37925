package iceberg

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"

	iceio "github.com/apache/iceberg-go/io"
	"github.com/apache/iceberg-go/table"
)

// iceberg-go takes the location of a table for a URL, and puts names together from
// what it parsed: "my tables/t" becomes "my%20tables/t", and of "a#b/t" the end is
// lost. Locations are literal to all readers. So a location that would not come
// through is kept from iceberg-go: it gets a stand-in of the same length, which is
// put in place of the location in what it reads, and the location in place of the
// stand-in in what it writes.

// standIn is the stand-in of one location. The zero value stands for nothing.
type standIn struct {
	stands string // the location that it stands for
	is     string
}

// oddLocation reports whether iceberg-go would change a location.
func oddLocation(location string) bool {
	u, err := url.Parse(location)
	return err != nil || u.JoinPath("metadata").String() != strings.TrimSuffix(location, "/")+"/metadata"
}

// hideLocation makes f hide a location, if need be.
func (f *files) hideLocation(location string) {
	location = strings.TrimSuffix(location, "/")
	if !oddLocation(location) {
		return
	}
	root := "/"
	if scheme, rest, isURL := strings.Cut(location, "://"); isURL {
		host, _, _ := strings.Cut(rest, "/")
		root = scheme + "://" + host + "/"
	} else if strings.HasPrefix(location, "file:") {
		root = "file:/"
	}
	sum := sha256.Sum256([]byte(location))
	digits := hex.EncodeToString(sum[:])
	digits = strings.Repeat(digits, len(location)/len(digits)+1)
	*f.standIn = standIn{location, root + digits[:len(location)-len(root)]}
}

// reveal returns a location in which the stand-in may be.
func (s *standIn) reveal(location string) string {
	if s.is != "" && (location == s.is || strings.HasPrefix(location, s.is+"/")) {
		return s.stands + location[len(s.is):]
	}
	return location
}

// checkLocation refuses a location that readers take apart as a URL, at # and ?.
func checkLocation(location string) error {
	if _, _, isURL := strings.Cut(location, "://"); isURL && strings.ContainsAny(location, "#?") {
		return fmt.Errorf("%s: an Iceberg table on a store cannot have # or ? in its path: pyiceberg and others cut URLs there; choose another path", location)
	}
	return nil
}

// hideInMetadata puts the stand-in into metadata that were read.
func (f *files) hideInMetadata(name string, data []byte) ([]byte, error) {
	if !strings.HasSuffix(name, ".metadata.json") || strings.HasSuffix(name, ".gz.metadata.json") {
		return data, nil
	}
	fields := map[string]json.RawMessage{}
	var location string
	if json.Unmarshal(data, &fields) != nil || json.Unmarshal(fields["location"], &location) != nil {
		return data, nil // iceberg-go says what is wrong with it
	}
	f.hideLocation(location)
	if f.standIn.is == "" {
		return data, nil
	}
	hidden, err := json.Marshal(f.standIn.is)
	if err != nil {
		return nil, err
	}
	fields["location"] = hidden
	return json.Marshal(fields)
}

// revealInMetadata puts the location into metadata that are to be written.
func (s *standIn) revealInMetadata(metadata []byte) ([]byte, error) {
	if s.is == "" {
		return metadata, nil
	}
	text, err := json.Marshal(s.stands)
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(metadata, []byte(s.is), text[1:len(text)-1]), nil
}

// listWriter holds a list of manifests back until it is whole, and puts the location
// into it.
type listWriter struct {
	bytes.Buffer
	s   *standIn
	out iceio.FileWriter
}

// isManifestList reports whether a file is a list of manifests, which names others.
func isManifestList(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "snap-") && strings.HasSuffix(base, ".avro")
}

func (w *listWriter) Close() error {
	data, err := replaceInAvro(w.Bytes(), []byte(w.s.is+"/"), []byte(w.s.stands+"/"))
	if err == nil {
		_, err = w.out.Write(data)
	}
	if err != nil {
		if out, ok := w.out.(*writer); ok {
			out.err = err
		}
	}
	if closed := w.out.Close(); err == nil {
		err = closed
	}
	return err
}

// hide returns the stand-in of a location, or the location if it needs none.
func (s *standIn) hide(location string) string {
	if s.is != "" && strings.TrimSuffix(location, "/") == s.stands {
		return s.is
	}
	return location
}

// checkPaths refuses paths among the properties of a table that iceberg-go would
// change, and a location that it could not be kept from.
func (s *snapshots) checkPaths(md table.Metadata) error {
	paths := []string{md.Location()}
	for _, key := range []string{table.WriteDataPathKey, table.WriteMetadataPathKey} {
		if p, ok := md.Properties()[key]; ok {
			paths = append(paths, p)
		}
	}
	for _, p := range paths {
		if oddLocation(p) {
			return fmt.Errorf("%s: the table has the path %q, which this writer does not know to write to; name one without spaces, percent signs and the like",
				s.where(), p)
		}
	}
	return nil
}
