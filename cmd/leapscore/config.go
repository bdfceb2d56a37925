package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// configure gives every flag that is not on the command line its value from
// LEAPSCORE_*, then from the project's or the user's configuration file.
func configure(cmd *cobra.Command) error {
	v := viper.New()
	v.SetEnvPrefix("LEAPSCORE")
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	v.AutomaticEnv()
	for _, path := range configFiles(cmd) {
		v.SetConfigFile(path)
		v.SetConfigType("yaml")
		if err := v.MergeInConfig(); err != nil {
			return usageError{fmt.Errorf("config %s: %w", path, err)}
		}
	}
	known := map[string]bool{}
	for _, c := range append(cmd.Root().Commands(), cmd.Root()) {
		c.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	}
	for _, k := range v.AllKeys() {
		if name, _, _ := strings.Cut(k, "."); !known[name] {
			return usageError{fmt.Errorf("config: there is no flag --%s", name)}
		}
	}
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || f.Name == "config" || f.Name == "help" || !v.IsSet(f.Name) {
			return
		}
		if err := setFlag(cmd, f, v); err != nil {
			errs = append(errs, fmt.Errorf("%s from the environment or configuration: %w", f.Name, err))
		}
	})
	if err := errors.Join(errs...); err != nil {
		return usageError{err}
	}
	return nil
}

func setFlag(cmd *cobra.Command, f *pflag.Flag, v *viper.Viper) error {
	switch val := f.Value.(type) {
	case pflag.SliceValue:
		if _, env := os.LookupEnv(envName(f.Name)); env {
			return cmd.Flags().Set(f.Name, v.GetString(f.Name))
		}
		f.Changed = true
		return val.Replace(v.GetStringSlice(f.Name))
	}
	if m, ok := v.Get(f.Name).(map[string]any); ok {
		for k, x := range m {
			if err := cmd.Flags().Set(f.Name, fmt.Sprintf("%s=%v", k, x)); err != nil {
				return err
			}
		}
		return nil
	}
	return cmd.Flags().Set(f.Name, v.GetString(f.Name))
}

func envName(flag string) string {
	return "LEAPSCORE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// configFiles returns the files to read, the weakest first.
func configFiles(cmd *cobra.Command) []string {
	path, _ := cmd.Flags().GetString("config")
	if path == "" {
		path = os.Getenv(envName("config"))
	}
	if path != "" {
		return []string{path}
	}
	var files []string
	if dir, err := os.UserConfigDir(); err == nil {
		files = append(files, filepath.Join(dir, "leapscore", "leapscore.yaml"))
	}
	files = append(files, "leapscore.yaml")
	var there []string
	for _, f := range files {
		if _, err := os.Stat(f); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, f)
		}
	}
	return there
}
