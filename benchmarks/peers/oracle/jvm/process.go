// Package jvm runs MLeap on the JVM as a child process and asks it for the
// outputs of rows, to the bit. It is the client of the process that
// benchmarks/peers/oracle/build.sh builds, and it judges nothing: it does not
// compare answers with those of leapscore.
package jvm

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"leapscore/ops/opstest/casefile"
)

// HomeVariable names the environment variable with the folder that build.sh
// has built into.
const HomeVariable = "ORACLE_HOME"

// Process is a running MLeap. It serves one request at a time.
type Process struct {
	Version Version

	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	n   int
}

// Version identifies the runtime of the answers.
type Version struct {
	MLeap string `json:"mleap"`
	Java  string `json:"java"`
	Arch  string `json:"arch"`
	BLAS  string `json:"blas"`
}

// Start starts the process built in home, or in $ORACLE_HOME if home is
// empty. It takes about a second. Close ends it.
func Start(home string) (*Process, error) {
	if home == "" {
		home = os.Getenv(HomeVariable)
	}
	if home == "" {
		return nil, fmt.Errorf("%s is not set: build the oracle with benchmarks/peers/oracle/build.sh DEST and set it to DEST", HomeVariable)
	}
	p := &Process{cmd: exec.Command(filepath.Join(home, "serve"))}
	// output of the JVM itself is shown only if it does not start
	log, err := os.CreateTemp("", "oracle-*.log")
	if err != nil {
		return nil, err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	p.cmd.Stderr = log
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	line, err := p.out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &p.Version)
	}
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		return nil, errors.Join(fmt.Errorf("oracle in %s does not start: %w\n%s", home, err, said), p.Close())
	}
	return p, nil
}

// Close ends the process and waits for it.
func (p *Process) Close() error {
	return errors.Join(p.in.Close(), p.cmd.Wait())
}

// Request is a bundle and rows for it.
type Request struct {
	Bundle  string // path of a folder or of a .zip
	Columns []casefile.Column
	Rows    [][]casefile.Value
	// Reload loads the bundle again for each row. The answers must be the
	// same; it is slow, and there to check that.
	Reload bool
}

// Result is MLeap's answer.
type Result struct {
	// Inputs are the model's free inputs, as it declares them.
	Inputs []Field
	// Columns are the columns that the model adds, in MLeap's order.
	Columns []Field
	Rows    []Outcome // one per row of the request
}

// Field is a column as MLeap declares it.
type Field struct {
	Name     string
	Type     casefile.Type
	Nullable bool
}

// Outcome is MLeap's result for one row, as the first row that a newly loaded
// model sees: exactly one of the three.
type Outcome struct {
	Values []casefile.Value // one per column of the result
	Drop   bool
	Err    *Exception
}

// Exception is a Java exception, the innermost cause.
type Exception struct {
	Class   string `json:"class"`
	Message string `json:"message"`
}

func (e *Exception) Error() string { return e.Class + ": " + e.Message }

// StageError is a request that MLeap refuses as a whole.
type StageError struct {
	// Stage is "load" if the bundle cannot be loaded, "bind" if the model
	// does not take the columns, and "request" if the request makes no sense.
	Stage string
	*Exception
}

func (e *StageError) Error() string { return e.Stage + ": " + e.Exception.Error() }

// Describe returns a result without rows: the inputs and outputs of a bundle
// as MLeap declares them.
func (p *Process) Describe(bundle string) (*Result, error) {
	p.n++
	line, err := json.Marshal(map[string]any{"id": p.n, "bundle": bundle})
	if err != nil {
		return nil, err
	}
	return p.ask(append(line, '\n'), 0)
}

// Score asks for the outcome of every row. A *StageError concerns the request
// alone; after any other error the process is of no more use.
func (p *Process) Score(q Request) (*Result, error) {
	p.n++
	line, err := encodeRequest(p.n, q)
	if err != nil {
		return nil, err
	}
	return p.ask(line, len(q.Rows))
}

func (p *Process) ask(line []byte, rows int) (*Result, error) {
	// the process reads a whole request before it answers, so this cannot block for ever
	if _, err := p.in.Write(line); err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	return decodeResult(p.n, answer, rows)
}
