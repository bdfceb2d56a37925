// Package zone knows the time zones that queries compute in.
package zone

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
	_ "time/tzdata" // containers often have no zones
)

// Check fails if a name is no time zone.
func Check(name string) error {
	if name == "" || name == "Local" {
		return fmt.Errorf("want a name such as UTC or Europe/Berlin")
	}
	if _, err := time.LoadLocation(name); err != nil {
		return fmt.Errorf("there is no time zone of this name; want one such as UTC or Europe/Berlin")
	}
	return nil
}

// CheckTZ fails if the value of the environment's TZ is no time zone. The C library and
// Go take UTC silently then.
func CheckTZ(value string) error {
	name := strings.TrimPrefix(value, ":")
	if name == "" || path.IsAbs(name) {
		return nil // the system's, or a file with a zone
	}
	if err := Check(name); err != nil {
		return fmt.Errorf("TZ=%q in the environment: %w", value, err)
	}
	return nil
}

// Local is the name of the zone of this process: that of tz, the value of the
// environment's TZ if it is set, or that of the system below root. It is empty if the
// zone has no name.
func Local(root fs.FS, tz string, isSet bool) string {
	switch name := strings.TrimPrefix(tz, ":"); {
	case path.IsAbs(name):
		return inDatabase(name)
	case name != "":
		return name
	case isSet:
		return "UTC"
	}
	if to, err := fs.ReadLink(root, "etc/localtime"); err == nil {
		return inDatabase(to)
	}
	if data, err := fs.ReadFile(root, "etc/timezone"); err == nil {
		return known(strings.TrimSpace(string(data)))
	}
	if _, err := fs.Stat(root, "etc/localtime"); err != nil {
		return "UTC" // as Go and the C library have it
	}
	return ""
}

// inDatabase is the name of the zone of a file.
func inDatabase(file string) string {
	if _, name, ok := strings.Cut(file, "zoneinfo/"); ok {
		return known(strings.TrimPrefix(strings.TrimPrefix(name, "posix/"), "right/"))
	}
	return ""
}

func known(name string) string {
	if Check(name) != nil {
		return ""
	}
	return name
}
