// Package profile writes profiles of a command, for those who look into its speed.
package profile

import (
	"errors"
	"os"
	"runtime"
	"runtime/pprof"

	"github.com/spf13/pflag"
)

// Profiles are the hidden flags --cpuprofile FILE and --memprofile FILE, which
// every command has. The files are for go tool pprof; the second shows what was
// allocated up to the end.
type Profiles struct {
	cpuPath, memPath string
	cpu              *os.File
}

// Register adds the flags.
func (p *Profiles) Register(fs *pflag.FlagSet) {
	fs.StringVar(&p.cpuPath, "cpuprofile", "", "write a CPU profile")
	fs.StringVar(&p.memPath, "memprofile", "", "write a profile of allocations")
	for _, name := range []string{"cpuprofile", "memprofile"} {
		fs.Lookup(name).Hidden = true
	}
}

// Start begins the CPU profile, if one is asked for.
func (p *Profiles) Start() error {
	if p.cpuPath == "" {
		return nil
	}
	f, err := os.Create(p.cpuPath)
	if err != nil {
		return err
	}
	p.cpu = f
	return pprof.StartCPUProfile(f)
}

// Stop writes what is left to write. It does nothing if Start was not called.
func (p *Profiles) Stop() error {
	var errs []error
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
