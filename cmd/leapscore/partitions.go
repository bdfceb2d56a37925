package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"leapscore/sinks"
)

// partitionFlags say how the output table is cut into folders, and how long what
// dead runs left in it on an object store stays there.
type partitionFlags struct {
	partitionBy []string
	partitions  []string
	sweepAfter  time.Duration
}

func (f *partitionFlags) register(fs *pflag.FlagSet) {
	fs.StringSliceVar(&f.partitionBy, "partition-by", nil,
		"columns of the output table whose values are folders, as a=1/b=x, named as Spark does")
	fs.StringArrayVar(&f.partitions, "partition", nil,
		"`key=value` of the partition that --mode overwrite-partitions replaces, rows or no rows, such as ds=2026-11-28; rows of another one fail the run")
	fs.DurationVar(&f.sweepAfter, "sweep-after", sinks.DefaultSweepAfter,
		"on object stores: remove what runs left behind that have given no sign of life for so long, 3s or more")
}

// set checks the flags and puts them into the options of the output table.
func (f *partitionFlags) set(opt *sinks.Options, output string) error {
	opt.PartitionBy, opt.SweepAfter = f.partitionBy, f.sweepAfter
	switch {
	case f.sweepAfter <= 0:
		return fmt.Errorf("sweep-after %v: want a time such as 24h", f.sweepAfter)
	case opt.Mode == sinks.OverwritePartitions && len(f.partitionBy) == 0:
		return errors.New("--mode overwrite-partitions needs --partition-by: it replaces the partitions that the run writes")
	case len(f.partitionBy) > 0 && (isFile(output) || output == sinks.StreamName):
		return errors.New("--partition-by needs a folder as --output: one file has no partitions")
	}
	return f.name(opt)
}

// name puts the partitions that are named into the options.
func (f *partitionFlags) name(opt *sinks.Options) error {
	if len(f.partitions) > 0 && opt.Mode != sinks.OverwritePartitions {
		return errors.New("--partition goes with --mode overwrite-partitions: it names the partition that is replaced")
	}
	for _, p := range f.partitions {
		column, text, ok := strings.Cut(p, "=")
		if !ok {
			return fmt.Errorf("partition %q: want KEY=VALUE, such as ds=2026-11-28", p)
		}
		if !slices.Contains(f.partitionBy, column) {
			return fmt.Errorf("partition %q: --partition-by does not name %q; it names %s", p, column, strings.Join(f.partitionBy, ", "))
		}
		v := sinks.PartitionValue{Column: column, Value: &text}
		if text == "" || text == sinks.NullPartition {
			v.Value = nil
		}
		if slices.ContainsFunc(opt.Partitions, func(o sinks.PartitionValue) bool { return o.Column == column }) {
			return fmt.Errorf("partition %q: %s has a value already; one run replaces one partition", p, column)
		}
		opt.Partitions = append(opt.Partitions, v)
	}
	return nil
}

// unpartitioned returns the options for the table of rejects: it is one table for
// all partitions, so those of other partitions must stay.
func unpartitioned(opt sinks.Options) sinks.Options {
	opt.PartitionBy, opt.Partitions = nil, nil
	if opt.Mode == sinks.OverwritePartitions {
		opt.Mode = sinks.Append
	}
	return opt
}
