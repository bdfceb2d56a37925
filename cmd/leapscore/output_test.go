package main

import (
	"bytes"
	"encoding/json"
	"log"
	"log/slog"
	"testing"

	"github.com/spf13/cobra"
)

// What libraries log is as structured as our own lines, and as quiet.
func TestLibrariesLogAsWeDo(t *testing.T) {
	was := slog.Default()
	t.Cleanup(func() { slog.SetDefault(was) })
	for _, quiet := range []bool{false, true} {
		var stderr bytes.Buffer
		out := &output{stderr: &stderr, beat: beat}
		cmd := new(cobra.Command)
		cmd.Flags().Bool("quiet", quiet, "")
		cmd.Flags().String("log-format", "json", "")
		if err := out.setup(cmd); err != nil {
			t.Fatal(err)
		}
		log.Print("from elsewhere")
		if quiet {
			if stderr.Len() > 0 {
				t.Errorf("quiet, but: %s", &stderr)
			}
			continue
		}
		var line struct{ Msg string }
		if err := json.Unmarshal(stderr.Bytes(), &line); err != nil || line.Msg != "from elsewhere" {
			t.Errorf("%s: %v", &stderr, err)
		}
	}
}
