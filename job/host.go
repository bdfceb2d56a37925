package job

import (
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"leapscore/engine"
	"leapscore/internal/limits"
	"leapscore/internal/memory"
	"leapscore/internal/zone"
	"leapscore/models/mleap"
	"leapscore/runs"
	"leapscore/sql"
)

// here are the limits of this process, which are defaults of a Spec.
var here = limits.Here()

// Limited is what a run may take by the Spec, and what a container leaves it.
func (s Spec) Limited() runs.Limits {
	full := s.withDefaults()
	n, _ := memory.Parse(full.Limits.Memory) // which Check has seen
	return runs.Limits{Workers: full.Limits.Workers, Memory: n, Container: runs.Container{CPUs: here.CPUs, Memory: here.Memory}}
}

// zone is the name of the time zone that a query computes in, empty if it has none.
func (in Input) zone() string {
	if in.Timezone != "" { // which Check looks at
		return in.Timezone
	}
	tz, isSet := os.LookupEnv("TZ")
	return zone.Local(os.DirFS("/"), tz, isSet)
}

// Host is what the program around a job gives it. All of it may be left out.
type Host struct {
	// Log gets warnings.
	Log *slog.Logger
	// Tag, if it is not nil, is called when it is known which run of which models this
	// is, before the first warning and again if that changes.
	Tag func(runID, model string)
	// Stdout is where a job writes whose output is "-": os.Stdout if it is nil.
	Stdout io.Writer
	// Version is the version of the program, which records and files note.
	Version string
	// ExitCode is what a record notes of an error: by default 1.
	ExitCode func(error) int
	// Secrets are values that nothing that leaves the process may show.
	Secrets []string
	// IOTimeout is that of stores, for Specs that have none.
	IOTimeout time.Duration
}

// Observer sees how a run goes. It may be nil.
type Observer interface {
	// Scoring is called before the first row is read. The function that it
	// returns is called when the run has ended. Progress may be read at any time.
	Scoring(p *Progress) (ended func())
}

// Progress counts what a run has done so far.
type Progress = engine.Progress

// warner takes a warning, with attributes as slog has them.
type warner func(msg string, attrs ...any)

// withDefaults fills in what was left out.
func (h Host) withDefaults() Host {
	if h.Log == nil {
		h.Log = slog.New(slog.DiscardHandler)
	}
	if h.Tag == nil {
		h.Tag = func(string, string) {}
	}
	if h.Stdout == nil {
		h.Stdout = os.Stdout
	}
	if h.ExitCode == nil {
		h.ExitCode = func(error) int { return 1 }
	}
	if h.Version == "" {
		h.Version = moduleVersion()
	}
	return h
}

// setTimeout gives full, which is given with its defaults, the timeout of h if given
// has none.
func (h Host) setTimeout(full *Spec, given Spec) {
	if given.Limits.IOTimeout <= 0 && h.IOTimeout > 0 {
		full.Limits.IOTimeout = h.IOTimeout
	}
}

// Versions are those of the parts that decide what is read, scored and written.
type Versions struct {
	MLeap  string `json:"mleap"` // the runtime whose scores are equal to the bit
	DuckDB string `json:"duckdb,omitempty"`
	Arrow  string `json:"arrow"`
	Go     string `json:"go"`
}

// PartVersions returns the versions of the parts of this program.
func PartVersions() Versions {
	v := Versions{MLeap: mleap.Runtime, DuckDB: sql.Version(), Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if strings.HasPrefix(m.Path, "github.com/apache/arrow/go/") {
				v.Arrow = m.Version
			}
		}
	}
	return v
}

// moduleVersion is the version of this module in a program that was built with it.
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "dev"
}
