//go:build !linux && !darwin

package disk

import "errors"

// Exchange is not known here.
func Exchange(a, b string) error { return errors.ErrUnsupported }
