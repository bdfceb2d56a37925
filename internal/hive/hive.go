// Package hive knows the folders named key=value in which tables keep columns:
// how they are written, read and understood, for sources, queries and sinks
// alike.
package hive

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Null is the folder's value for a null.
const Null = "__HIVE_DEFAULT_PARTITION__"

// Value is what a folder says.
type Value struct {
	Text string
	Null bool
}

// Pair is a folder.
type Pair struct {
	Key string
	Value
}

// Parse reads the name of one folder. It is ok if there is a key; the value may
// be empty, which is an empty text.
func Parse(folder string) (p Pair, ok bool) {
	key, value, ok := strings.Cut(folder, "=")
	if !ok || key == "" {
		return Pair{}, false
	}
	if value == Null {
		return Pair{Unescape(key), Value{Null: true}}, true
	}
	return Pair{Unescape(key), Value{Text: Unescape(value)}}, true
}

// Of returns the folders of a file's name, in order.
func Of(name string) []Pair {
	var list []Pair
	parts := strings.Split(name, "/")
	for _, part := range parts[:len(parts)-1] {
		if p, ok := Parse(part); ok {
			list = append(list, p)
		}
	}
	return list
}

// Folder is the name of the folder of a value. Nil is null, and so is an empty
// text, as in Spark.
func Folder(key string, value *string) string {
	if value == nil || *value == "" {
		return Escape(key) + "=" + Null
	}
	return Escape(key) + "=" + Escape(*value)
}

// Respell returns a path with its folders as Folder names them. Others may escape
// more or less in them; to readers those are the same folders.
func Respell(path string) string {
	if !strings.ContainsAny(path, "=") {
		return path
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		switch p, ok := Parse(part); {
		case !ok:
		case p.Null:
			parts[i] = Folder(p.Key, nil)
		case p.Text != "": // which is text when it is read, and null when it is written
			parts[i] = Folder(p.Key, &p.Text)
		}
	}
	return strings.Join(parts, "/")
}

// Escape writes a key or a value as it stands in the name of a folder, as
// org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils.escapePathName.
func Escape(s string) string {
	at := strings.IndexFunc(s, escaped)
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:at])
	for _, c := range []byte(s[at:]) {
		if escaped(rune(c)) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escaped takes ASCII only, so bytes of longer characters are left alone. Spark
// leaves NUL alone too, but no file system has it in names.
func escaped(c rune) bool {
	return c < ' ' || c == 0x7F || strings.ContainsRune("\"#%'*/:=?\\{[]^", c)
}

// Unescape decodes %XX, once. As in Spark, a percent sign that begins no such
// code stands for itself.
func Unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			c, _ := strconv.ParseUint(s[i+1:i+3], 16, 8) // of two digits
			b.WriteByte(byte(c))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// Integer reads a text that is the one spelling of a 64-bit integer: without
// leading zeros, plus sign or white space. Other texts, such as the code 007,
// would not come back from the number.
func Integer(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == s
}

// Date reads a day such as 2026-01-31, as days since 1970.
func Date(s string) (int32, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || len(s) != len(time.DateOnly) {
		return 0, false
	}
	return int32(t.Unix() / 86400), true
}
