// Package terminal fits text and tables to the screens that people look at.
package terminal

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// DefaultWidth is the width of what is no terminal.
const DefaultWidth = 80

// descriptor is a stream of the operating system, such as an os.File.
type descriptor interface{ Fd() uintptr }

// Is reports whether a stream is a terminal.
func Is(stream any) bool {
	f, ok := stream.(descriptor)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Width is how many columns there are for text: $COLUMNS, else those of the terminal,
// else DefaultWidth. It changes as people change their windows.
func Width(w io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := w.(descriptor); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return DefaultWidth
}

// Limit is the width that tables may have: that of a terminal, and 0, which is no
// limit, for what is read by programs.
func Limit(w io.Writer) int {
	if !Is(w) {
		return 0
	}
	return Width(w)
}

// Moves reports whether the cursor of a terminal can be moved, which dumb ones do not
// understand.
func Moves(w io.Writer) bool { return Is(w) && os.Getenv("TERM") != "dumb" && os.Getenv("TERM") != "" }

// Colours reports whether a stream shows colours, and people want any.
func Colours(w io.Writer) bool { return Moves(w) && os.Getenv("NO_COLOR") == "" }
