package clean

import "os"

// variables are those of the environment whose values are shown nowhere.
var variables = []string{
	"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING",
	"AZURE_CLIENT_SECRET", "OPENLINEAGE_API_KEY",
}

// Hide is Secrets that also hides the keys and tokens of the environment.
func Hide(text string, values ...string) string {
	values = append([]string(nil), values...)
	for _, name := range variables {
		values = append(values, os.Getenv(name))
	}
	return Secrets(text, values...)
}

// Error returns an error whose text hides secrets, and shows no characters that a
// terminal obeys. It is nil for nil.
func Error(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	return shownError{err, Message(Hide(err.Error(), secrets...))}
}

// shownError is an error with another text.
type shownError struct {
	error
	text string
}

func (e shownError) Error() string { return e.text }
func (e shownError) Unwrap() error { return e.error }
