// Package profile writes profiles of a command, for those who look into its speed.
package profile

import (
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"

	"github.com/spf13/pflag"
)

// Profiles are the hidden flags --cpuprofile FILE, --memprofile FILE and --trace
// FILE, which every command has. The first two files are for go tool pprof, of which
// the second shows what was allocated up to the end; the third is for go tool trace.
type Profiles struct {
	cpuPath, memPath, tracePath string
	cpu, trace                  *os.File
}

// Register adds the flags.
func (p *Profiles) Register(fs *pflag.FlagSet) {
	fs.StringVar(&p.cpuPath, "cpuprofile", "", "write a CPU profile")
	fs.StringVar(&p.memPath, "memprofile", "", "write a profile of allocations")
	fs.StringVar(&p.tracePath, "trace", "", "write an execution trace")
	for _, name := range []string{"cpuprofile", "memprofile", "trace"} {
		fs.Lookup(name).Hidden = true
	}
}

// Start begins the CPU profile and the trace, if they are asked for.
func (p *Profiles) Start() error {
	cpu, err := begin(p.cpuPath, pprof.StartCPUProfile)
	if err != nil {
		return err
	}
	p.cpu = cpu
	p.trace, err = begin(p.tracePath, trace.Start)
	return err
}

// begin creates the file at path and starts to write to it; without a path it does nothing.
func begin(path string, start func(io.Writer) error) (*os.File, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return f, start(f)
}

// Stop writes what is left to write. It does nothing if Start was not called.
func (p *Profiles) Stop() error {
	var errs []error
	if p.trace != nil {
		trace.Stop()
		errs = append(errs, p.trace.Close())
	}
	if p.cpu != nil {
		pprof.StopCPUProfile()
		errs = append(errs, p.cpu.Close())
	}
	if p.memPath != "" {
		f, err := os.Create(p.memPath)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		runtime.GC() // what is in use is as of the last collection
		errs = append(errs, pprof.Lookup("allocs").WriteTo(f, 0), f.Close())
	}
	return errors.Join(errs...)
}
