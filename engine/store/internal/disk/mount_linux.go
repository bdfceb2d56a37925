package disk

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// IsMountPoint reports whether a folder is where a file system is mounted, which
// cannot be renamed.
func IsMountPoint(path string) bool {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) > 4 && unoctal(fields[4]) == path {
			return true
		}
	}
	return false
}

// unoctal undoes \040, as the kernel writes a space.
func unoctal(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
