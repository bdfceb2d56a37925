package job

import "regexp"

// secretName tells parameters of queries whose values are shown nowhere.
var secretName = regexp.MustCompile(`(?i)password|passwd|pwd|secret|token|credential|api_?key|access_?key|private_?key`)

// Secrets are the values of parameters whose names say that they are to be shown
// nowhere.
func (s Spec) Secrets() (values []string) {
	for name, value := range s.Input.Params {
		if secretName.MatchString(name) {
			values = append(values, value)
		}
	}
	return values
}
