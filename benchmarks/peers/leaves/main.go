// Command leaves runs github.com/dmitryikh/leaves for benchmarks/peers, on one
// thread: leaves DIR, where DIR holds what engines/trees.py has made. It has
// the protocol of worker.py: a line of JSON when it is ready, and one for each
// line of standard input.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"log"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/dmitryikh/leaves"
)

func main() {
	log.SetFlags(0)
	runtime.GOMAXPROCS(1)
	dir := os.Args[1]
	model, err := leaves.LGEnsembleFromFile(filepath.Join(dir, "trees.lgb.txt"), false)
	if err != nil {
		log.Fatal(err)
	}
	rows, expected := doubles(filepath.Join(dir, "rows.f64")), doubles(filepath.Join(dir, "expected.f64"))
	got := make([]float64, len(expected))
	reply := json.NewEncoder(os.Stdout)
	send := func(v any) {
		if err := reply.Encode(v); err != nil {
			log.Fatal(err)
		}
	}
	send(map[string]any{"ready": map[string]string{"leaves": version()}})
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		start, cpu := time.Now(), cpuSeconds()
		if err := model.PredictDense(rows, len(got), len(rows)/len(got), got, 0, 1); err != nil {
			log.Fatal(err)
		}
		wall := time.Since(start).Seconds()
		send(map[string]any{
			"wall": wall, "cpu": cpuSeconds() - cpu, "peak_mb": peak(),
			"result": map[string]any{"rows": len(got), "trees": model.NEstimators(), "greatest": greatest(got, expected)},
		})
	}
}

func doubles(path string) []float64 {
	data, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	x := make([]float64, len(data)/8)
	for i := range x {
		x[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return x
}

func greatest(got, want []float64) float64 {
	var d float64
	for i := range got {
		d = max(d, math.Abs(got[i]-want[i]))
	}
	return d
}

func usage() (u syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return u
}

func cpuSeconds() float64 {
	u := usage()
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func peak() float64 { return float64(usage().Maxrss) / 1024 }

// version is that of the measured module.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) == 0 {
		return "unknown"
	}
	return info.Deps[0].Version
}
