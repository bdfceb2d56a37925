package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"leapscore/internal/similar"
	"leapscore/job"
)

// configure gives every flag that is not on the command line its value from
// LEAPSCORE_*, else from the project's configuration file, else from the
// user's.
func configure(cmd *cobra.Command) error {
	c := configuration{flags: cmd.Flags(), given: map[string]bool{}}
	c.flags.Visit(func(f *pflag.Flag) { c.given[f.Name] = true })
	c.environment()
	c.job()
	for _, path := range configFiles(cmd) {
		c.file(path, flagNames(cmd.Root()))
	}
	if err := errors.Join(c.errs...); err != nil {
		return usageError{err}
	}
	return nil
}

// configuration fills in flags, the strongest source of values first.
type configuration struct {
	flags *pflag.FlagSet
	given map[string]bool // by what is stronger
	now   []string        // by the source at hand
	errs  []error
}

// alternatives are flags that exclude each other, and what goes with one
// of them only: where a stronger source gives one, weaker sources do not count
// for the others.
var alternatives = map[string][]string{
	"sql":          {"sql-file", "input"},
	"sql-file":     {"sql", "input"},
	"input":        {"sql", "sql-file"},
	"db":           {"input"},
	"param":        {"input"},
	"input-format": {"sql", "sql-file"},
}

func (c *configuration) overruled(name string) bool {
	if c.given[name] || slices.ContainsFunc(alternatives[name], func(other string) bool { return c.given[other] }) {
		return true
	}
	if name == "rejects" || name == "max-errors" {
		mode := c.flags.Lookup("on-error")
		return mode != nil && c.given[mode.Name] && mode.Value.String() != "reject"
	}
	return false
}

// registerJob adds the flag that names the file of a job.
func registerJob(cmd *cobra.Command) {
	cmd.Flags().String("job", "", "`FILE` in YAML or JSON with the keys of a job, which are the names of these flags; flags and LEAPSCORE_* come before it")
}

// job reads the file of the job, if there is one.
func (c *configuration) job() {
	flag, spec := c.flags.Lookup("job"), specOf(c.flags)
	if flag == nil || flag.Value.String() == "" || spec == nil {
		return
	}
	path := flag.Value.String()
	data, err := os.ReadFile(path)
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("job: %w%s", err, similar.Path(path)))
		return
	}
	from, err := job.Parse(data)
	if err = c.notOverruled(err); err != nil {
		c.errs = append(c.errs, fmt.Errorf("job: %s: %w", path, err))
		return
	}
	for _, name := range from.Given() {
		if f := c.flags.Lookup(name); f == nil { // a key that this command has no flag for
			spec.Take(name, from)
			continue
		}
		c.set("job", name, func(f *pflag.Flag) error {
			if _, ok := f.Value.(interface{ SetYAML(*yaml.Node) error }); !ok {
				return f.Value.Set(from.Text(name))
			}
			spec.Take(name, from)
			return nil
		})
	}
	c.next()
}

// notOverruled leaves out mistakes in what a stronger source gives.
func (c *configuration) notOverruled(err error) error {
	check, ok := errors.AsType[*job.CheckError](err)
	if !ok {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(check.Mistakes), func(m job.Mistake) bool { return c.given[m.Key] })
	if len(left) == 0 {
		return nil
	}
	return &job.CheckError{Mistakes: left}
}

// specOf returns the job that flags set keys of, or nil.
func specOf(flags *pflag.FlagSet) (spec *job.Spec) {
	flags.VisitAll(func(f *pflag.Flag) {
		switch v := f.Value.(type) {
		case specFlag:
			spec = v.spec
		case switchFlag:
			spec = v.spec
		}
	})
	return spec
}

// set gives the flag name its value, unless something stronger has. where
// names the source in errors.
func (c *configuration) set(where, name string, set func(f *pflag.Flag) error) {
	f := c.flags.Lookup(name)
	if f == nil || f.Name == "config" || c.overruled(name) {
		return
	}
	if err := set(f); err != nil {
		c.errs = append(c.errs, fmt.Errorf("%s: %w", where, err))
		return
	}
	f.Changed = true
	c.now = append(c.now, name)
}

// next ends the source at hand.
func (c *configuration) next() {
	for _, name := range c.now {
		c.given[name] = true
	}
	c.now = nil
}

// environment reads LEAPSCORE_*. Lists and pairs are as on the command line,
// separated by commas; only what may hold commas itself, --input, is one value.
func (c *configuration) environment() {
	c.flags.VisitAll(func(f *pflag.Flag) {
		if v := os.Getenv(envName(f.Name)); v != "" {
			c.set(envName(f.Name), f.Name, func(f *pflag.Flag) error {
				err := f.Value.Set(v)
				if err != nil && f.Value.Type() == "duration" && !strings.Contains(err.Error(), "want ") {
					err = fmt.Errorf("%q: %w", v, wanted(f, err))
				}
				return err
			})
		}
	})
	c.next()
}

func envName(flag string) string {
	return "LEAPSCORE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// file reads one YAML file: a mapping from names of flags, of any command, to
// values, lists or mappings.
func (c *configuration) file(path string, known []string) {
	data, err := os.ReadFile(path)
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("config: %w%s", err, similar.Path(path)))
		return
	}
	var top yaml.Node
	if err := yaml.Unmarshal(data, &top); err != nil {
		c.errs = append(c.errs, fmt.Errorf("config: %s: %w", path, err))
		return
	}
	if len(top.Content) == 0 {
		return // empty
	}
	if top.Content[0].Kind != yaml.MappingNode {
		c.errs = append(c.errs, fmt.Errorf("config: %s: want a mapping of flags to values", path))
		return
	}
	pairs := top.Content[0].Content
	for i := 0; i < len(pairs); i += 2 {
		name, value := pairs[i].Value, pairs[i+1]
		where := fmt.Sprintf("config: %s: line %d: %s", path, pairs[i].Line, name)
		if !slices.Contains(known, name) {
			c.errs = append(c.errs, fmt.Errorf("%s: there is no flag --%s%s", where, name, similar.HintAs(name, known, func(name string) string { return name })))
			continue
		}
		if value.Tag == "!!null" {
			continue
		}
		c.set(where, name, func(f *pflag.Flag) error { return setYAML(f, value) })
	}
	c.next()
}

// setYAML sets a flag to a value of a configuration file. Plain values count as they
// are written: a date stays a date, 1e6 is no 1000000.
func setYAML(f *pflag.Flag, v *yaml.Node) error {
	if to, ok := f.Value.(interface{ SetYAML(*yaml.Node) error }); ok {
		return to.SetYAML(v)
	}
	var text string
	if to, ok := f.Value.(pflag.SliceValue); ok && v.Kind != yaml.ScalarNode {
		var list []string
		if v.Decode(&list) != nil {
			return errors.New("want a list, or a plain value")
		}
		return to.Replace(list)
	}
	if v.Decode(&text) != nil {
		return errors.New("want a plain value")
	}
	return f.Value.Set(text)
}

func flagNames(root *cobra.Command) []string {
	var names []string
	note := func(f *pflag.Flag) { names = append(names, f.Name) }
	root.PersistentFlags().VisitAll(note)
	for _, c := range root.Commands() {
		c.Flags().VisitAll(note)
	}
	return slices.DeleteFunc(names, func(n string) bool { return n == "config" || n == "help" || n == "job" })
}

// configFiles returns the files to read, the strongest first.
func configFiles(cmd *cobra.Command) []string {
	path, _ := cmd.Flags().GetString("config")
	if path == "" {
		path = os.Getenv(envName("config"))
	}
	if path != "" {
		return []string{path}
	}
	files := []string{"leapscore.yaml"}
	if dir, err := os.UserConfigDir(); err == nil {
		files = append(files, filepath.Join(dir, "leapscore", "leapscore.yaml"))
	}
	return slices.DeleteFunc(files, func(f string) bool {
		_, err := os.Stat(f)
		return errors.Is(err, fs.ErrNotExist)
	})
}

// wanted is an error of a value in words that do not depend on who parsed it.
func wanted(f *pflag.Flag, err error) error {
	_, number := errors.AsType[*strconv.NumError](err)
	switch kind := f.Value.Type(); {
	case number && kind == "bool":
		return errors.New("want true or false")
	case kind == "duration" && !strings.Contains(err.Error(), "want "):
		return errors.New("want a time such as 30s, 5m or 1h")
	case number && strings.HasPrefix(kind, "float"):
		return errors.New("want a number")
	case number:
		return errors.New("want a whole number")
	}
	return err
}
