//go:build linux

// Command avx512 is the first process of the machine that run.sh emulates. It runs the
// test binaries that the file /tests names, one a line with a pattern of tests, and says
// at the end whether all have passed.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/cpu"
)

func main() {
	fmt.Println("ended:", outcome())
	time.Sleep(3 * time.Second) // for the serial line
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
}

func outcome() string {
	if !cpu.X86.HasAVX512F {
		return "the machine has no AVX-512"
	}
	err := syscall.Mount("devtmpfs", "/dev", "devtmpfs", 0, "") // for /dev/null
	if err != nil {
		return "devtmpfs: " + err.Error()
	}
	list, err := os.ReadFile("/tests")
	if err != nil {
		return err.Error()
	}
	failed := 0
	for line := range strings.Lines(string(list)) {
		binary, pattern, _ := strings.Cut(strings.TrimSpace(line), " ")
		cmd := exec.Command(binary, "-test.v", "-test.run", pattern)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
		if err := cmd.Run(); err != nil {
			fmt.Println(binary, err)
			failed++
		}
	}
	if failed > 0 {
		return fmt.Sprint(failed, " packages failed")
	}
	return "ok"
}
