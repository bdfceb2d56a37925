package limits

import (
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// tree is a file system of texts.
func tree(files map[string]string) fstest.MapFS {
	t := fstest.MapFS{}
	for name, text := range files {
		t[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return t
}

const (
	v2   = "30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n"
	v1   = "33 32 0:29 TOP /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n34 32 0:30 TOP /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
	noV1 = "9223372036854771712\n"
)

func TestLimitsOfCgroups(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  Limits
	}{
		"nothing": {nil, Limits{}},
		"a pod, version 2, in a namespace of its own": {map[string]string{
			"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": v2,
			"sys/fs/cgroup/memory.max": "1073741824\n", "sys/fs/cgroup/cpu.max": "150000 100000\n",
		}, Limits{CPUs: 1.5, Memory: 1 << 30}},
		"no limit, version 2": {map[string]string{
			"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": v2,
			"sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/cpu.max": "max 100000\n", "proc/meminfo": "MemFree: 1 kB\nMemTotal:       16384 kB\n",
		}, Limits{Machine: 16 << 20}},
		"a slice around a service, version 2": {map[string]string{
			"proc/self/cgroup": "0::/jobs.slice/night.service\n", "proc/self/mountinfo": v2,
			"sys/fs/cgroup/jobs.slice/night.service/memory.max": "max\n", "sys/fs/cgroup/jobs.slice/night.service/cpu.max": "200000 100000\n",
			"sys/fs/cgroup/jobs.slice/memory.max": "2147483648\n", "sys/fs/cgroup/jobs.slice/cpu.max": "50000 100000\n",
			"sys/fs/cgroup/other.slice/memory.max": "1\n",
		}, Limits{CPUs: 0.5, Memory: 2 << 30}},
		"the softer limit, version 2": {map[string]string{
			"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": v2,
			"sys/fs/cgroup/memory.max": "2147483648\n", "sys/fs/cgroup/memory.high": "1073741824\n",
		}, Limits{Memory: 1 << 30}},
		"a container, version 1, whose own group is mounted": {map[string]string{
			"proc/self/cgroup":                                "5:memory:/docker/ab\n4:cpu,cpuacct:/docker/ab\n1:name=systemd:/docker/ab\n",
			"proc/self/mountinfo":                             strings.ReplaceAll(v1, "TOP", "/docker/ab"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes":      "536870912\n",
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us":      "50000\n",
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us":     "100000\n",
			"sys/fs/cgroup/memory/inner/memory.limit_in_byte": "1\n",
		}, Limits{CPUs: 0.5, Memory: 512 << 20}},
		"a job below groups of others, version 1": {map[string]string{
			"proc/self/cgroup":                                        "5:memory:/slurm/job_1/step_0\n4:cpuacct,cpu:/slurm/job_1\n",
			"proc/self/mountinfo":                                     strings.ReplaceAll(v1, "TOP", "/"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes":              noV1,
			"sys/fs/cgroup/memory/slurm/job_1/memory.limit_in_bytes":  "4294967296\n",
			"sys/fs/cgroup/memory/slurm/job_1/step_0/memory.limit_in": "1\n",
			"sys/fs/cgroup/cpu,cpuacct/slurm/job_1/cpu.cfs_quota_us":  "-1\n",
			"sys/fs/cgroup/cpu,cpuacct/slurm/job_1/cpu.cfs_period_us": "100000\n",
			"sys/fs/cgroup/cpu,cpuacct/slurm/cpu.cfs_quota_us":        "300000\n",
			"sys/fs/cgroup/cpu,cpuacct/slurm/cpu.cfs_period_us":       "100000\n",
		}, Limits{CPUs: 3, Memory: 4 << 30}},
		"both versions, memory in the first": {map[string]string{
			"proc/self/cgroup":                           "5:memory:/\n0::/\n",
			"proc/self/mountinfo":                        strings.ReplaceAll(v1, "TOP", "/") + strings.ReplaceAll(v2, "/sys/fs/cgroup", "/sys/fs/cgroup/unified"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
			"sys/fs/cgroup/unified/cgroup.procs":         "1\n",
		}, Limits{Memory: 512 << 20}},
		"a group outside of the namespace": {map[string]string{
			"proc/self/cgroup": "0::/../../x\n", "proc/self/mountinfo": v2, "sys/fs/cgroup/memory.max": "536870912\n",
		}, Limits{Memory: 512 << 20}},
		"a name with a space": {map[string]string{
			"proc/self/cgroup": "0::/a\n", "proc/self/mountinfo": strings.ReplaceAll(v2, "/sys/fs/cgroup", `/my\040groups`), "my groups/a/memory.max": "536870912\n",
		}, Limits{Memory: 512 << 20}},
		"files of another form": {map[string]string{
			"proc/self/cgroup": "0::/\nx\n", "proc/self/mountinfo": v2 + "rubbish\n1 2 3 - x\n", "sys/fs/cgroup/memory.max": "-7\n", "sys/fs/cgroup/cpu.max": "9", "proc/meminfo": "MemTotal: many",
		}, Limits{}},
	} {
		if diff := cmp.Diff(c.want, Read(tree(c.files))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestDefaultsOfLimits(t *testing.T) {
	for _, c := range []struct {
		have    Limits
		memory  string
		workers int // at most
	}{
		{Limits{}, "2GiB", runtime.GOMAXPROCS(0)},
		{Limits{CPUs: 0.5, Memory: 1 << 30, Machine: 1 << 40}, "819MiB", 1},
		{Limits{CPUs: 1.5, Memory: 64 << 30}, "2GiB", 2},
		{Limits{CPUs: 1, Machine: 1 << 30}, "819MiB", 1},
		{Limits{CPUs: 1, Memory: 300 << 20}, "256MiB", 1},
		{Limits{CPUs: 1, Memory: 256 << 20}, "230MiB", 1},
		{Limits{Memory: 64 << 20}, "128MiB", runtime.GOMAXPROCS(0)},
		{Limits{CPUs: 1000}, "2GiB", runtime.GOMAXPROCS(0)},
	} {
		if got := c.have.MemoryText(); got != c.memory {
			t.Errorf("%+v: memory %s, want %s", c.have, got, c.memory)
		}
		if got, want := c.have.Workers(), min(c.workers, runtime.GOMAXPROCS(0)); got != want {
			t.Errorf("%+v: %d workers, want %d", c.have, got, want)
		}
	}
}

// The files of this machine can be read, whatever they say.
func TestLimitsOfThisMachine(t *testing.T) {
	l := Here()
	if runtime.GOOS == "linux" && l.Machine <= 0 {
		t.Errorf("the machine has no memory: %+v", l)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("0::/a\n4:cpu,cpuacct:/b\n", v2+v1, "150000 100000", "1073741824")
	f.Fuzz(func(t *testing.T, cgroup, mounts, cpu, memory string) {
		l := Read(tree(map[string]string{
			"proc/self/cgroup": cgroup, "proc/self/mountinfo": mounts, "sys/fs/cgroup/cpu.max": cpu, "sys/fs/cgroup/memory.max": memory,
			"sys/fs/cgroup/a/memory.max": memory, "sys/fs/cgroup/memory/memory.limit_in_bytes": memory,
		}))
		if l.Memory < 0 || l.CPUs < 0 || l.Workers() < 1 {
			t.Errorf("%+v", l)
		}
	})
}
