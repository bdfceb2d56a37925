package clean

import (
	"net/url"
	"regexp"
	"strings"
)

// Hidden replaces text that is not shown.
const Hidden = "***"

var (
	// place is a URL up to the first character that cannot be in one.
	place = regexp.MustCompile("[A-Za-z][A-Za-z0-9+.-]*:/{1,2}[^\\s\"'`<>|\\\\^]+")

	// option is a parameter of a URL.
	option = regexp.MustCompile(`([?&;])([^=?&;#/]+)=([^&;#]*)`)

	// setting is a password in a connection string, a configuration or a query.
	setting = regexp.MustCompile(`(?i)\b([a-z_-]*(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|credentials?))(["']?\s*=\s*|["']\s*:\s*)("[^"]*"|'[^']*'|[^\s,;&"')\]}]+)`)
)

// open are the parameters of URLs that are no secrets: those of the stores'
// documentation that say where and how, and not who.
var open = map[string]bool{
	"region": true, "endpoint": true, "use_path_style": true, "s3forcepathstyle": true, "disable_https": true, "disablessl": true,
	"hostname_immutable": true, "accelerate": true, "use_accelerate_endpoint": true, "fips": true, "dualstack": true,
	"use_dualstack": true, "use_fips": true, "awssdk": true, "profile": true, "anonymous": true, "prefix": true, "ssetype": true,
	"request_checksum_calculation": true, "response_checksum_validation": true, "rate_limiter_capacity": true,
	"domain": true, "protocol": true, "cdn": true, "localemu": true, "is_cdn": true, "is_local_emulator": true, "localemulator": true,
	"storage_account": true, "universe_domain": true, "versionid": true, "generation": true, "snapshot": true, "sslmode": true,
}

// accounts are the schemes whose URLs begin with a container and an account, as in
// abfss://container@account.
var accounts = map[string]bool{"abfs": true, "abfss": true, "wasb": true, "wasbs": true}

// Secrets returns text with the passwords, keys and tokens hidden that it holds:
// user and password of URLs, parameters of URLs that are not known to be harmless,
// values that are set to a name such as password, and the given values themselves.
func Secrets(text string, values ...string) string {
	for _, v := range values {
		if len(v) >= 4 { // less would hide half of the text
			text = strings.ReplaceAll(text, v, Hidden)
		}
	}
	if strings.Contains(text, ":/") {
		text = place.ReplaceAllStringFunc(text, placeWithout)
	}
	if strings.ContainsAny(text, "=:") {
		text = setting.ReplaceAllStringFunc(text, settingWithout)
	}
	return text
}

// settingWithout returns NAME=VALUE with the value hidden, unless it is already.
func settingWithout(s string) string {
	parts := setting.FindStringSubmatch(s)
	if strings.HasPrefix(parts[3], Hidden) {
		return s
	}
	return parts[1] + parts[2] + Hidden
}

// placeWithout returns a URL without its secrets. Text that follows it in a
// sentence stays.
func placeWithout(where string) string {
	trimmed := strings.TrimRight(where, ".,:)")
	tail := where[len(trimmed):]
	scheme, rest, _ := strings.Cut(trimmed, ":")
	slashes := rest[:len(rest)-len(strings.TrimLeft(rest, "/"))]
	rest = rest[len(slashes):]
	rest = userWithout(strings.ToLower(scheme), slashes, rest)
	rest = option.ReplaceAllStringFunc(rest, func(o string) string {
		name, value, _ := strings.Cut(o[1:], "=")
		if plain, err := url.QueryUnescape(name); err == nil && open[strings.ToLower(plain)] {
			return o[:1] + name + "=" + Secrets(value)
		}
		return o[:1] + name + "=" + Hidden
	})
	if base, fragment, ok := strings.Cut(rest, "#"); ok && strings.Contains(fragment, "=") {
		rest = base + "#" + Hidden
	}
	return scheme + ":" + slashes + rest + tail
}

// userWithout hides the user and the password in front of a host. A password may
// hold a slash that should have been escaped.
func userWithout(scheme, slashes, rest string) string {
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	at := strings.LastIndexByte(host, '@')
	if slashes == "/" && !strings.Contains(host[:max(at, 0)], ":") || accounts[scheme] {
		return rest // a path; of a URL that was cleaned as a path, one slash is left
	}
	if _, port, colon := strings.Cut(host, ":"); at < 0 && colon && strings.Trim(port, "0123456789") != "" {
		at = strings.LastIndexByte(rest, '@')
	}
	if at < 0 {
		return rest
	}
	return Hidden + rest[at:]
}
