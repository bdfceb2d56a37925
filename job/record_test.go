package job

import (
	"strings"
	"testing"
)

func TestTokensMakeNoOtherQueryAndValuesDo(t *testing.T) {
	const query = "FROM 's3://b/k=1/*.parquet?kmskeyid=A' WHERE token = 'a' AND url = 'https://h/?id=1'"
	for other, same := range map[string]bool{
		strings.Replace(query, "=A", "=B", 1):            true,
		strings.Replace(query, "k=1", "k=2", 1):          false,
		strings.Replace(query, "= 'a'", "= 'b'", 1):      false,
		strings.Replace(query, "id=1", "id=2", 1):        false,
		strings.Replace(query, "=A'", "=A&region=x'", 1): false,
	} {
		if got := withoutTokens(query) == withoutTokens(other); got != same {
			t.Errorf("%s: the same is %v, want %v", other, got, same)
		}
	}
}
