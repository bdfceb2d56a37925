package booster

import (
	"bytes"
	"strings"
)

// parseParameters returns the parameters of the training that follow the trees, by name.
// Files without them are complete.
func parseParameters(data []byte) map[string]string {
	_, data, ok := bytes.Cut(data, []byte("\nparameters:"))
	if !ok {
		return nil
	}
	out := map[string]string{}
	_, data = cutLine(data)
	for len(data) > 0 && len(out) < 1000 {
		var line []byte
		line, data = cutLine(data)
		if len(line) > maxParameter {
			continue
		}
		text := string(line)
		if text == "end of parameters" {
			break
		}
		key, value, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"), ": ")
		if ok && value != "" {
			out[key] = value
		}
	}
	return out
}
