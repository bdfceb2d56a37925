// Package limits finds out how many CPUs and how much memory this process may take: of
// a container, that is less than the machine has.
package limits

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// Limits are those of the cgroups around a process, and of the machine. Zero is none.
type Limits struct {
	CPUs    float64 `json:"cpus,omitempty"`         // a quota of CPU time
	Memory  int64   `json:"memory_bytes,omitempty"` // of the cgroups
	Machine int64   `json:"-"`                      // memory that the machine has
}

// Here are the limits of this process.
func Here() Limits { return Read(os.DirFS("/")) }

// Read reads the limits of this process from the root of its file system. A file that
// is missing or that has another form sets no limit.
func Read(root fs.FS) Limits {
	var l Limits
	for _, g := range groups(root) {
		for dir := g.leaf; ; dir = path.Dir(dir) {
			g.limit(root, dir, &l)
			if dir == g.mount || len(dir) <= len(g.mount) {
				break
			}
		}
	}
	for line := range lines(root, "proc/meminfo") {
		if kib, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(kib, "kB")), 10, 64)
			l.Machine = n << 10
		}
	}
	return l
}

// group is the cgroup of the process in one hierarchy: the one of version 2, or one of
// version 1, which have names.
type group struct {
	controllers string // empty for version 2
	mount       string // where the hierarchy is mounted
	leaf        string // the folder of the process' group, at or below mount
}

// groups returns the cgroups of the process, as far as their files are mounted.
func groups(root fs.FS) (found []group) {
	at := map[string]string{} // the path of the process' group by controllers
	for line := range lines(root, "proc/self/cgroup") {
		if f := strings.SplitN(line, ":", 3); len(f) == 3 {
			at[f[1]] = f[2]
		}
	}
	for line := range lines(root, "proc/self/mountinfo") {
		before, after, _ := strings.Cut(line, " - ")
		f, g := strings.Fields(before), strings.Fields(after)
		if len(f) < 5 || len(g) < 3 {
			continue
		}
		switch g[0] {
		case "cgroup2":
			if p, ok := at[""]; ok {
				found = append(found, newGroup("", p, f[3], f[4]))
			}
		case "cgroup":
			for names, p := range at {
				if names != "" && isMounted(names, g[2]) {
					found = append(found, newGroup(names, p, f[3], f[4]))
				}
			}
		}
	}
	return found
}

// isMounted reports whether the options of a mount name all controllers.
func isMounted(controllers, options string) bool {
	for name := range strings.SplitSeq(controllers, ",") {
		if !strings.Contains(","+options+",", ","+name+",") {
			return false
		}
	}
	return true
}

// newGroup is the group at, seen where the folder top of its hierarchy is mounted. In a
// container, that is mostly the group itself, by whatever path the host knows it.
func newGroup(controllers, at, top, mount string) group {
	mount = strings.TrimPrefix(unescape(mount), "/")
	g := group{controllers: controllers, mount: mount, leaf: mount}
	if strings.Contains(at, "/..") {
		return g // outside of what is mounted
	}
	if below, ok := strings.CutPrefix(at, strings.TrimSuffix(unescape(top), "/")); ok && (below == "" || below[0] == '/') {
		g.leaf = path.Join(mount, below)
	}
	return g
}

// unescape undoes \040, as the kernel writes a space.
func unescape(s string) string {
	if plain, err := strconv.Unquote(`"` + s + `"`); err == nil {
		return plain
	}
	return s
}

// limit lowers l to the limits of the group in a folder.
func (g group) limit(root fs.FS, dir string, l *Limits) {
	switch {
	case g.controllers == "":
		l.lowerMemory(number(root, dir+"/memory.max"))
		l.lowerMemory(number(root, dir+"/memory.high")) // above it the kernel slows the process down
		if data, err := fs.ReadFile(root, dir+"/cpu.max"); err == nil {
			if quota, period, ok := strings.Cut(strings.TrimSpace(string(data)), " "); ok {
				l.lowerCPUs(parse(quota), parse(period))
			}
		}
	case isMounted("memory", g.controllers):
		l.lowerMemory(number(root, dir+"/memory.limit_in_bytes"))
	case isMounted("cpu", g.controllers):
		l.lowerCPUs(number(root, dir+"/cpu.cfs_quota_us"), number(root, dir+"/cpu.cfs_period_us"))
	}
}

// unlimited is what version 1 shows where there is no limit, or somewhat less.
const unlimited = 1 << 60

func (l *Limits) lowerMemory(n int64) {
	if n > 0 && n < unlimited && (l.Memory == 0 || n < l.Memory) {
		l.Memory = n
	}
}

func (l *Limits) lowerCPUs(quota, period int64) {
	if quota <= 0 || period <= 0 {
		return
	}
	if n := float64(quota) / float64(period); l.CPUs == 0 || n < l.CPUs {
		l.CPUs = n
	}
}

// number reads a file with one number: 0 if there is none, as for max.
func number(root fs.FS, name string) int64 {
	data, err := fs.ReadFile(root, name)
	if err != nil {
		return 0
	}
	return parse(strings.TrimSpace(string(data)))
}

func parse(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// lines are those of a file, none if it cannot be read.
func lines(root fs.FS, name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return
		}
		for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
			if !yield(sc.Text()) {
				return
			}
		}
	}
}

// Workers is how many goroutines may compute at once. The runtime of Go knows quotas
// too, but never goes below two.
func (l Limits) Workers() int {
	n := runtime.GOMAXPROCS(0)
	if l.CPUs > 0 {
		n = min(n, int(math.Ceil(l.CPUs)))
	}
	return max(n, 1)
}

// Bytes is how much memory the process may take by itself: four fifths of what there is,
// up to two GiB. The rest is for the page cache and for other processes. Where that is
// too little for a query, it is somewhat more.
func (l Limits) Bytes() int64 {
	n := int64(mostMemory)
	for _, have := range []int64{l.Memory, l.Machine} {
		if have > 0 {
			n = min(n, max(have/5*4, min(queryMemory, have/10*9)))
		}
	}
	return max(n, leastMemory)
}

const (
	mostMemory  = 2 << 30
	leastMemory = 128 << 20 // the least that a run can do with
	queryMemory = 256 << 20 // the least that a query can do with
)

// MemoryText is Bytes as text.
func (l Limits) MemoryText() string {
	if n := l.Bytes(); n < mostMemory {
		return fmt.Sprintf("%dMiB", n>>20)
	}
	return "2GiB"
}
