// Command leapscore scores tables with MLeap bundles. See the README.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	_ "leapscore/cmd/leapscore/internal/collect" // before all others
	"leapscore/cmd/leapscore/internal/help"
	"leapscore/cmd/leapscore/internal/logs"
	"leapscore/cmd/leapscore/internal/process"
	"leapscore/cmd/leapscore/internal/profile"
	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/internal/zone"
	"leapscore/job"
)

func main() {
	process.Prepare()
	process.EndWithParent()
	os.Exit(run(os.Args[1:]))
}

// run is main without os.Exit.
func run(args []string) (code int) {
	ctx, stop := withSignals(context.Background())
	defer stop()
	stdout := &results{w: os.Stdout, closed: process.StdoutClosed()}
	out := &output{stdout: stdout, stderr: os.Stderr, version: versionString()}
	defer logs.Capture(func() *slog.Logger { return out.log })()
	out.early(args)
	defer out.recovered(&code)
	prof := &profile.Profiles{}
	cmd := newRoot(out, prof, args)
	err := errors.Join(cmd.ExecuteContext(ctx), prof.Stop())
	if cause := context.Cause(ctx); err != nil && errors.As(cause, new(signalError)) {
		err = cause
	}
	if err == nil {
		err = stdout.lost()
	}
	out.failed(err)
	if err == nil {
		return out.exit
	}
	return exitCode(err)
}

// grace is how long a run may take to end after a signal. One that hangs, in
// the opening of a pipe for example, is then left where it stands: like after
// kill -9, the next run clears up.
var grace = 10 * time.Second

// oneWish is how long signals are taken for the same wish to end: schedulers send one to
// a process and another to its group.
const oneWish = time.Second

// withSignals returns a context that SIGINT, SIGTERM and SIGHUP end, the last one unless
// it is ignored, as nohup has it. A later second signal kills the process at once. SIGPIPE
// becomes an error of writing: a run does not end because nobody reads its log, and
// clears up if nobody reads its rows.
func withSignals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	ch, stderr := make(chan os.Signal, 1), os.Stderr
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(ch, syscall.SIGHUP)
	}
	signal.Ignore(syscall.SIGPIPE)
	done := make(chan struct{})
	go func() {
		select {
		case sig := <-ch:
			cancel(signalError{sig})
			select {
			case <-time.After(oneWish):
			case <-done:
				return
			}
			signal.Stop(ch)
			select {
			case <-time.After(grace):
				fmt.Fprintf(stderr, "leapscore: %v: still running after %v, ended by force\n", sig, grace)
				os.Exit(exitCode(signalError{sig}))
			case <-done:
			}
		case <-done:
		}
	}()
	return ctx, func() { signal.Stop(ch); close(done); cancel(nil) }
}

func newRoot(out *output, prof *profile.Profiles, args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "leapscore",
		Short: "Score tables with MLeap bundles, identical to the online scores",
		Example: `# the columns that a model reads and adds
leapscore inspect model.zip
# whether a table fits it
leapscore check model.zip --input 'day/*.parquet'
# the predictions, as a table
leapscore score --model model.zip --input 'day/*.parquet' --output predictions/`,
		Version:       versionString(),
		Args:          unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(args)
	root.SetOut(out.stdout)
	root.SetErr(out.stderr)
	showHelp(root, out)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return flagMistakes(cmd, args, err)
	})
	pf := root.PersistentFlags()
	pf.String("config", "", "`FILE` in YAML with values of flags (default: leapscore.yaml in this folder, then in the user's configuration folder)")
	pf.Bool("quiet", false, "no progress and no messages but errors")
	pf.String("log-format", "text", "the log as a `WORD` says: text or json")
	pf.DurationVar(&out.beat, "progress-every", beat, "how often a line of the log says how far a command is, where stderr is no terminal")
	prof.Register(pf)
	out.stores.register(pf)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := zone.CheckTZ(os.Getenv("TZ")); err != nil && cmd.Name() != "version" && cmd.Name() != "help" {
			return usageError{err}
		}
		// Commands that read no configuration must work whatever it holds.
		if cmd == root || cmd.Parent() != root || cmd.Name() == "version" || cmd.Name() == "help" {
			return errors.Join(out.setup(cmd), out.stores.check(), startProfiles(prof))
		}
		unknown := unknownSettings(root)
		if err := configure(cmd); err != nil {
			return usageError{errors.Join(append([]error{err}, unknown...)...)}
		}
		if err := errors.Join(out.setup(cmd), out.stores.check(), startProfiles(prof)); err != nil {
			return err
		}
		for _, err := range unknown {
			out.log.Warn(err.Error())
		}
		return nil
	}
	root.AddCommand( // as the help lists them: the most used first
		newScore(out),
		newCommit(out),
		newCheck(out),
		newInspect(out),
		newHead(out),
		newStream(out),
		newRetry(out),
		newCompare(out),
		newRuns(out),
		newReport(out),
	)
	for _, l := range listings() {
		root.AddCommand(l.command(out))
	}
	root.AddCommand(newVersion(out))
	complete(root, "log-format", "text", "json")
	root.InitDefaultCompletionCmd()
	if shells, _, err := root.Find([]string{"completion"}); err == nil {
		shells.Args, shells.RunE = unknownCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	root.SetHelpCommand(newHelp())
	usageErrors(root)
	return root
}

// usageErrors makes wrong arguments of every command errors of usage.
func usageErrors(cmd *cobra.Command) {
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
	for _, sub := range cmd.Commands() {
		usageErrors(sub)
	}
}

// showHelp fits the help of all commands to the terminal.
func showHelp(root *cobra.Command, out *output) {
	cobra.EnableCommandSorting = false // the most used first
	groups := job.Groups()
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		fmt.Fprint(cmd.OutOrStdout(), help.Text(cmd, groups, terminal.Width(out.stdout)))
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		_, err := fmt.Fprint(cmd.OutOrStderr(), help.Usage(cmd, groups, terminal.Width(out.stderr)))
		return err
	})
}

func startProfiles(p *profile.Profiles) error {
	if err := p.Start(); err != nil {
		return usageError{err}
	}
	return nil
}
