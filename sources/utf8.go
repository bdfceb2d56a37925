package sources

import "fmt"

// utf8Error is text that is not UTF-8, where text is wanted.
type utf8Error struct{ text string }

func (e *utf8Error) Error() string {
	text := e.text
	if len(text) > 100 {
		text = text[:100] + "..."
	}
	return fmt.Sprintf("%q is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does", text)
}

func notUTF8(text []byte) error { return &utf8Error{string(text)} }
