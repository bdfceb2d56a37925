package sinks

import (
	"math"
	"testing"
)

// Of the names in the folder of manifests, only those that chainName makes count.
func TestManifestsAreFoundByTheirNumbers(t *testing.T) {
	for _, n := range []int64{1, 42, math.MaxInt64} {
		if got, ok := chainNumber(chainName(n)); !ok || got != n {
			t.Errorf("%s is number %d, %v; want %d", chainName(n), got, ok, n)
		}
	}
	for _, name := range []string{
		"", "x.json", "00000000000000000000.json", "-0000000000000000001.json", "0000000000000000000x.json", "1.json", "000000000000000000001.json",
		"00000000000000000001", "00000000000000000001.json.tmp", "a/00000000000000000001.json", "99999999999999999999.json",
	} {
		if n, ok := chainNumber(chainFolder + "/" + name); ok {
			t.Errorf("%q is number %d, want none", name, n)
		}
	}
	if n, ok := chainNumber("elsewhere/00000000000000000001.json"); ok {
		t.Errorf("a name in another folder is number %d", n)
	}
}
