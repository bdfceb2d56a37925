package openlineage

import (
	"encoding/json"
	"strings"
	"testing"
)

// Events go to files that people read on terminals.
func TestAnEventShowsNoCharacterThatATerminalObeys(t *testing.T) {
	const hostile = "a\u009b31m\u202eb"
	data, err := (&Event{Job: jobPart{Name: hostile}}).encode()
	if err != nil || strings.ContainsAny(string(data), "\u009b\u202e") {
		t.Errorf("%v: %q", err, data)
	}
	var e Event
	if err := json.Unmarshal(data, &e); err != nil || e.Job.Name != hostile {
		t.Errorf("read back as %q, %v", e.Job.Name, err)
	}
}
