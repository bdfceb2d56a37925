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
