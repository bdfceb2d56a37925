package scan

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// RecoverDecode turns the panic of a decoder, which is how some say that
// bytes make no sense, into an error. Some have done so themselves, and give the
// text of the panic.
func RecoverDecode(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("damaged: %w", Damage(p))
	} else if *err != nil && strings.Contains((*err).Error(), "runtime error: ") {
		*err = fmt.Errorf("damaged: %w", ErrDecode)
	}
}

var ErrDecode = errors.New("a length or a position in it is wrong")

// Damage is what a decoder's panic over damaged bytes means. Where it ran out of
// its memory says nothing to whoever has the file.
func Damage(p any) error {
	switch p := p.(type) {
	case runtime.Error:
		return ErrDecode
	case error:
		return p
	}
	return fmt.Errorf("%v", p)
}
