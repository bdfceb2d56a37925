package builtin_test

import (
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/cpu"
)

// TestEveryOpHasItsBitsOnEveryInstructionSet runs the case files again as processors
// without some instructions would: each vector kernel has a plain one beside it, and
// which of them runs must not show.
func TestEveryOpHasItsBitsOnEveryInstructionSet(t *testing.T) {
	sets := []struct {
		off  string
		have bool
	}{
		{"cpu.avx2=off,cpu.avx512f=off", cpu.X86.HasAVX2}, // plain Go
		{"cpu.fma=off", cpu.X86.HasFMA},                   // some kernels, not all
		{"cpu.avx512f=off", cpu.X86.HasAVX512F},           // those of AVX2
	}
	for _, set := range sets {
		if !set.have {
			continue // the other test runs without them
		}
		t.Run(set.off, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestEveryOpHasItsBits$")
			cmd.Env = append(os.Environ(), "GODEBUG="+set.off)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("with GODEBUG=%s: %v\n%s", set.off, err, out)
			}
		})
	}
}
