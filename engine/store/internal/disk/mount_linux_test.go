package disk

import "testing"

func TestMountPoints(t *testing.T) {
	for path, want := range map[string]bool{"/proc": true, t.TempDir(): false, "/proc/self": false} {
		if got := IsMountPoint(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	if got := unoctal(`/my\040table\134`); got != `/my table\` {
		t.Errorf("unoctal: %q", got)
	}
}
