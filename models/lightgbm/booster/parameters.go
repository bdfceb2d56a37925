package booster

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

var (
	parametersKey   = []byte("\nparameters:")
	endOfParameters = []byte("\nend of parameters")
)

// checkEnding refuses what follows the trees if it was cut off. The categories of pandas
// come last: without them numbers that are categories would be taken for codes.
func checkEnding(data []byte) error {
	if _, after, ok := bytes.Cut(data, parametersKey); ok && !bytes.Contains(after, endOfParameters) {
		return errors.New(`there is no line "end of parameters": the file is not complete`)
	}
	last := data[bytes.LastIndexByte(data, '\n')+1:]
	if n := len(last); n > 0 && n < len(pandasKey) && string(last) == pandasKey[:n] {
		return fmt.Errorf("the file ends in the middle of %s it is not complete", pandasKey)
	}
	return nil
}

// parseParameters returns the parameters of the training that follow the trees, by name.
// Files without them are complete.
func parseParameters(data []byte) map[string]string {
	_, data, ok := bytes.Cut(data, parametersKey)
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
