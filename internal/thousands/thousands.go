// Package thousands writes numbers for people.
package thousands

import "fmt"

// Text is a number with commas between thousands.
func Text[N int | int64](n N) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
