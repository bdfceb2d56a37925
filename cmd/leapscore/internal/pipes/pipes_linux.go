package pipes

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// pipeBytes is what a pipe holds at most, unless the system has another limit.
const pipeBytes = 1 << 20

func enlarge(f *os.File) {
	// Of what is no pipe, or beyond the limit of a user, it is an error, and nothing changes.
	_, _ = unix.FcntlInt(f.Fd(), unix.F_SETPIPE_SZ, pipeBytes)
}

func ready(f *os.File) bool {
	n, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCINQ)
	return err == nil && n > 0
}

// mostBuffers is how many buffers one call of writev takes.
const mostBuffers = 1024

func writeAll(f *os.File, buffers [][]byte) error {
	fd := int(f.Fd())
	for len(buffers) > 0 {
		if len(buffers[0]) == 0 {
			buffers = buffers[1:]
			continue
		}
		n, err := unix.Writev(fd, buffers[:min(len(buffers), mostBuffers)])
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			_, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, -1)
			if err != nil && !errors.Is(err, unix.EINTR) {
				return &fs.PathError{Op: "poll", Path: f.Name(), Err: err}
			}
		case err != nil:
			return &fs.PathError{Op: "write", Path: f.Name(), Err: err}
		}
		buffers = behind(buffers, n)
	}
	return nil
}

// behind returns what is left of buffers behind n bytes.
func behind(buffers [][]byte, n int) [][]byte {
	for n > 0 {
		if k := len(buffers[0]); n >= k {
			buffers, n = buffers[1:], n-k
			continue
		}
		buffers[0] = buffers[0][n:]
		return buffers
	}
	return buffers
}
