package store

import (
	"fmt"
	"regexp"
	"strings"
)

// oneSlash are the schemes whose URLs Java writes with one slash.
var oneSlash = regexp.MustCompile(`^(?:file|dbfs|hdfs|viewfs|jar:[a-z0-9]+):/`)

// lostSlash are URLs of stores that lack a slash, and are no paths.
var lostSlash = regexp.MustCompile(`^(s3|s3a|s3n|gs|azblob|abfss?|wasbs?|https?):/[^/]`)

// IsURL reports whether a place is given as a URL, and not as a path.
func IsURL(where string) bool {
	return strings.Contains(where, "://") || oneSlash.MatchString(where) || lostSlash.MatchString(where)
}

// IsWeb reports whether a place is on a web server.
func IsWeb(where string) bool {
	return strings.HasPrefix(where, "https://") || strings.HasPrefix(where, "http://")
}

// ModelPlace returns the place of a model, of which MLeap's programs write
// jar:file:/model.zip for the content of model.zip.
func ModelPlace(where string) (string, error) {
	inner, isJar := strings.CutPrefix(where, "jar:")
	if !isJar || !IsURL(inner) {
		if strings.HasPrefix(where, "jar:") && IsURL(where) {
			return "", fmt.Errorf("%s: want jar:file:/path/of/the/model.zip", where)
		}
		return where, nil
	}
	inner, entry, within := strings.Cut(inner, "!/")
	if within && entry != "" {
		return "", fmt.Errorf("%s: a bundle is a whole zip file, and not %q in one", where, entry)
	}
	return inner, nil
}

// Plain returns a place as this package's drivers spell it: Hadoop's s3a:// and abfss://
// are s3:// and azblob://, and Java's file:/ is file:///. The places of file systems
// that no driver reads are errors that say what to do instead.
func Plain(where string) (string, error) {
	if !IsURL(where) {
		return where, nil
	}
	scheme, rest, _ := strings.Cut(where, ":")
	if lostSlash.MatchString(where) {
		return "", fmt.Errorf("%s: a slash is missing: want %s:/%s", where, scheme, rest)
	}
	rest = strings.TrimPrefix(rest, "//")
	switch scheme {
	case "file":
		if strings.HasPrefix(where, "file://") {
			return where, nil
		}
		return "file://" + rest, nil
	case "s3a", "s3n":
		return "s3://" + rest, nil
	case "abfss", "abfs", "wasbs", "wasb":
		return plainAzure(where, rest)
	}
	if way := otherSystems[scheme]; way != "" {
		return "", fmt.Errorf("%s: %s", where, way)
	}
	return where, nil
}

// otherSystems says what to do about places that no driver reads.
var otherSystems = map[string]string{
	"hdfs":   "HDFS is not read or written: copy the files with hdfs dfs -get or -put, or mount HDFS, and name the path",
	"viewfs": "HDFS is not read or written: copy the files with hdfs dfs -get or -put, or mount HDFS, and name the path",
	"dbfs":   "DBFS is a path on the machines of Databricks: write /dbfs/... for dbfs:/...; elsewhere copy the files with databricks fs cp, or name the store behind it",
	"http":   "only models (--model) are read from web servers: download the files first, or name an object store",
	"https":  "only models (--model) are read from web servers: download the files first, or name an object store (s3://, gs://, azblob:// or abfss://)",
	"jar":    "jar: is for models (--model): write the path alone",
}

// azureHost is the host of an account: ACCOUNT.dfs.core.windows.net, or another cloud's.
var azureHost = regexp.MustCompile(`^([a-z0-9]+)\.(?:dfs|blob)\.([A-Za-z0-9.-]+)$`)

// plainAzure makes scheme://container@account.host/key a URL of azblob. The account, and
// the cloud if it is not the public one, become parameters.
func plainAzure(where, rest string) (string, error) {
	rest, params := cutParameters(rest)
	authority, key, _ := strings.Cut(rest, "/")
	container, host, ok := strings.Cut(authority, "@")
	m := azureHost.FindStringSubmatch(host)
	if !ok || container == "" || m == nil {
		return "", fmt.Errorf("%s: want %s://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH", where, where[:strings.Index(where, ":")])
	}
	settings := "storage_account=" + m[1]
	if m[2] != publicAzure {
		settings += "&domain=blob." + m[2]
	}
	if params != "" {
		settings += "&" + params
	}
	return "azblob://" + container + "/" + key + "?" + settings, nil
}

const publicAzure = "core.windows.net"
