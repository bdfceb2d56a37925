// Command leapscore scores tables with MLeap bundles. See the README.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// errSignal is the cause of a run that a signal ended.
type errSignal struct{ sig os.Signal }

func (e errSignal) Error() string { return e.sig.String() + ": stopped, nothing published" }

func main() { os.Exit(run(os.Args[1:])) }

// run is main without os.Exit.
func run(args []string) int {
	ctx, stop := withSignals(context.Background())
	defer stop()
	out := &output{stdout: os.Stdout, stderr: os.Stderr}
	cmd := newRoot(out)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if cause := context.Cause(ctx); cause != nil && err != nil && errors.As(cause, new(errSignal)) {
		err = cause
	}
	out.failed(err)
	return exitCode(err)
}

// withSignals returns a context that SIGINT and SIGTERM end. A second signal
// kills the process at once.
func withSignals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	go func() {
		if sig, ok := <-ch; ok {
			signal.Stop(ch)
			cancel(errSignal{sig})
		}
	}()
	return ctx, func() { signal.Stop(ch); cancel(nil) }
}

func newRoot(out *output) *cobra.Command {
	root := &cobra.Command{
		Use:           "leapscore",
		Short:         "Score tables with MLeap bundles, identical to the online scores",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	pf := root.PersistentFlags()
	pf.String("config", "", "YAML file with flag values (default: leapscore.yaml in this folder, if there is one)")
	pf.Bool("quiet", false, "no progress and no messages but errors")
	pf.String("log-format", "text", "text or json")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := configure(cmd); err != nil {
			return err
		}
		return out.setup(cmd)
	}
	root.AddCommand(newScore(out), newInspect(out), newCheck(out), newOps(out), newVersion(out))
	for _, c := range root.Commands() {
		args := c.Args
		c.Args = func(cmd *cobra.Command, a []string) error {
			if err := args(cmd, a); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	return root
}
