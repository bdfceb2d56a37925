package main

import (
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"leapscore/engine/store"
	"leapscore/internal/filetype"
	"leapscore/sinks"
)

// formatFlags say what the files of the output are.
type formatFlags struct {
	outputFormat string
}

func (f *formatFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.outputFormat, "output-format", "",
		"parquet, csv, json (lines), arrow or arrows (Arrow IPC, file or stream); default: by the name of --output, a folder is parquet, - is arrows")
}

// set settles the format and the compression of the output.
func (f *formatFlags) set(output string, json bool, o *sinks.Options) error {
	if output == sinks.StreamName {
		if err := f.setStream(json, o); err != nil {
			return err
		}
		return o.Format.CheckCompression(o.Compression)
	}
	if err := writable("output", output); err != nil {
		return err
	}
	named, packed, isFile := nameFormat(output)
	_, ending := filetype.Of(lastOf(output))
	switch {
	case isFile:
		o.Format = named
	case f.outputFormat == "" && ending != "":
		return fmt.Errorf("output %s: its name tells no format that is compressed as a whole, as .csv.gz would", output)
	}
	if f.outputFormat != "" {
		format, err := sinks.ParseFormat(f.outputFormat)
		if err != nil {
			return fmt.Errorf("output-%w", err)
		}
		if isFile && format != named {
			return fmt.Errorf("output %s: its name tells %s, but --output-format is %s", output, named, format)
		}
		o.Format = format
	}
	if err := o.Format.CheckCompression(o.Compression); err != nil {
		return err
	}
	if isFile && (o.Format == sinks.CSV || o.Format == sinks.JSON) {
		if packed == sinks.DefaultCompression {
			packed = sinks.None
		}
		if c := o.Compression; c != sinks.DefaultCompression && c != packed {
			return fmt.Errorf("output %s: its name does not tell --compression %s, as .gz and .zst do", output, c)
		}
		o.Compression = packed
	}
	return nil
}

func (f *formatFlags) setStream(json bool, o *sinks.Options) (err error) {
	o.Format = sinks.ArrowStream
	switch {
	case json:
		return errors.New("--json and --output - exclude each other: both write to stdout")
	case o.Mode != sinks.Error:
		return errors.New("--mode has no meaning with --output -")
	case f.outputFormat != "":
		if o.Format, err = sinks.ParseFormat(f.outputFormat); err != nil {
			return fmt.Errorf("output-%w", err)
		}
	}
	if o.Format == sinks.Parquet || o.Format == sinks.Arrow {
		return fmt.Errorf("output-format %s cannot be read from a stream; want arrows, csv or json with --output -", o.Format)
	}
	return nil
}

// writable refuses names of files of formats and compressions that are not written:
// what would be made is a folder of Parquet of that name.
func writable(flag, where string) error {
	told := filetype.Unwritable(lastOf(where))
	if told == "" {
		return nil
	}
	return fmt.Errorf("%s %s: its name tells %s, which is not written; name a folder, or a file such as x.parquet, x.csv, x.csv.gz, x.json or x.arrow", flag, where, told)
}

// lastOf returns the last part of a path or URL, "" for what can only be a folder.
func lastOf(where string) string {
	where, _ = store.CutParameters(where)
	return where[strings.LastIndexByte(where, '/')+1:]
}

// nameFormat tells the format of a file from a path or URL; ok is not set for
// folders.
func nameFormat(where string) (f sinks.Format, c sinks.Compression, ok bool) {
	return sinks.NameFormat(lastOf(where))
}

// isFile reports whether a place is to be one file and not a folder.
func isFile(where string) bool {
	_, _, ok := nameFormat(where)
	return ok
}

// rejectsFormat settles the format of the rejects: Parquet, or what the name
// of a file tells.
func rejectsFormat(where string, o *sinks.Options) {
	f, packed, ok := nameFormat(where)
	o.Format = f
	if ok && packed != sinks.DefaultCompression || f.CheckCompression(o.Compression) != nil || f == sinks.CSV || f == sinks.JSON {
		o.Compression = packed
	}
}

// errPipe says that whoever read stdout has gone.
var errPipe = errors.New("stdout: its reader has gone")

// dataWriter is stdout for data.
type dataWriter struct{ io.Writer }

func (w dataWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		err = errPipe
	}
	return n, err
}

// openStream opens stdout as a table. That its reader goes away must be an
// error and not the end of the process, so that rejects are cleared up.
func (o *output) openStream(opt sinks.Options) (sinks.Table, error) {
	signal.Ignore(syscall.SIGPIPE)
	return sinks.CreateStream(dataWriter{o.stdout}, opt)
}
