package zone

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

func TestZonesThatAreNone(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "Asia/Tokyo", "Etc/GMT-14", "EST5EDT"} {
		if err := Check(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "Local", "Bogus/Zone", "CET-1CEST,M3.5.0,M10.5.0/3", "../etc/passwd", "Europe/Berlin "} {
		if Check(name) == nil {
			t.Errorf("%q is taken for a zone", name)
		}
	}
	for _, tz := range []string{"", ":", "UTC", ":Europe/Berlin", "/usr/share/zoneinfo/UTC", ":/etc/localtime"} {
		if err := CheckTZ(tz); err != nil {
			t.Error(err)
		}
	}
	if err := CheckTZ("Bogus/Zone"); err == nil || err.Error() != `TZ="Bogus/Zone" in the environment: there is no time zone of this name; want one such as UTC or Europe/Berlin` {
		t.Errorf("Bogus/Zone: %v", err)
	}
}

func TestTheZoneOfAProcess(t *testing.T) {
	link := func(to string) fstest.MapFS {
		return fstest.MapFS{"etc/localtime": {Data: []byte(to), Mode: fs.ModeSymlink | 0o777}}
	}
	for _, c := range []struct {
		root  fstest.MapFS
		tz    string
		isSet bool
		want  string
	}{
		{nil, "Asia/Tokyo", true, "Asia/Tokyo"},
		{link("/usr/share/zoneinfo/Europe/Rome"), ":Asia/Tokyo", true, "Asia/Tokyo"},
		{link("/usr/share/zoneinfo/Europe/Rome"), "", true, "UTC"},
		{link("/usr/share/zoneinfo/Europe/Rome"), "", false, "Europe/Rome"},
		{link("../usr/share/zoneinfo/posix/Etc/UTC"), "", false, "Etc/UTC"},
		{link("/somewhere/else"), "", false, ""},
		{nil, "", false, "UTC"},
		{nil, "/usr/share/zoneinfo/Asia/Tokyo", true, "Asia/Tokyo"},
		{fstest.MapFS{"etc/localtime": {Data: []byte("TZif2")}, "etc/timezone": {Data: []byte("Europe/Paris\n")}}, "", false, "Europe/Paris"},
		{fstest.MapFS{"etc/localtime": {Data: []byte("TZif2")}}, "", false, ""},
	} {
		if got := Local(c.root, c.tz, c.isSet); got != c.want {
			t.Errorf("TZ %q (set: %v), files %v: %q, want %q", c.tz, c.isSet, c.root, got, c.want)
		}
	}
}
