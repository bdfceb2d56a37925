package main

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// A work is software under one set of licences: a Go module, Go itself, or a
// library in C or C++ that one of them brings along.
type work struct {
	name, version string
	texts         []text
	licences      []string // SPDX names, once judged
}

// A text is a licence or a notice of a work.
type text struct {
	file string
	text []byte
}

//go:embed bundled/*.txt
var bundled embed.FS

// platforms are those of the releases, with the tags of release/binary.sh.
var platforms = []struct{ os, arch, cgo, tags string }{
	{"linux", "amd64", "1", "disable_grpc_modules"},
	{"linux", "arm64", "1", "disable_grpc_modules"},
	{"darwin", "arm64", "0", "disable_grpc_modules,nosql"},
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|patents)([-._].*)?$`)

// linkedWorks is all software that some release contains.
func linkedWorks() ([]work, error) {
	modules, err := linkedModules()
	if err != nil {
		return nil, err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	goTexts, err := textsIn(strings.TrimSpace(string(root)))
	if err != nil {
		return nil, err
	}
	works := []work{{name: "Go", version: runtime.Version(), texts: goTexts}}
	for _, m := range modules {
		texts, err := textsOf(m)
		if err != nil {
			return nil, err
		}
		works = append(works, work{name: m.path, version: m.version, texts: texts})
	}
	more, err := bundledWorks()
	return append(works, more...), err
}

// bundledWorks are the libraries in C and C++.
func bundledWorks() ([]work, error) {
	entries, err := bundled.ReadDir("bundled")
	if err != nil {
		return nil, err
	}
	var works []work
	for _, e := range entries {
		b, err := bundled.ReadFile("bundled/" + e.Name())
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(e.Name(), ".txt")
		by := "(in DuckDB)"
		switch name {
		case "duckdb":
			if by, err = duckdbVersion(); err != nil {
				return nil, err
			}
		case "libstdc++":
			by = "(linked statically)"
		}
		works = append(works, work{name: name, version: by, texts: []text{{e.Name(), b}}})
	}
	return works, nil
}

// duckdbVersion is in the table of versions that the bindings bring.
func duckdbVersion() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}\t{{.Dir}}", "github.com/duckdb/duckdb-go-bindings").Output()
	if err != nil {
		return "", fmt.Errorf("find DuckDB's bindings: %w", err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), "\t")
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		return "", err
	}
	row := regexp.MustCompile(`(?m)^\| (v[0-9.]+) *\| ` + regexp.QuoteMeta(version) + ` `).FindSubmatch(readme)
	if row == nil {
		return "", fmt.Errorf("the README of DuckDB's bindings %s does not say which DuckDB they bring", version)
	}
	return string(row[1]), nil
}

// A module is linked into a release.
type module struct {
	path, version, dir string
	packages           []string // their folders
}

// linkedModules are the modules of packages that commands of releases import,
// but for those that this repository replaces with code of its own.
func linkedModules() ([]module, error) {
	found := map[string]*module{}
	for _, p := range platforms {
		cmd := exec.Command("go", "list", "-deps", "-tags", p.tags,
			"-f", "{{with .Module}}{{if not (or .Main .Replace)}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", "leapscore/cmd/leapscore")
		cmd.Env = append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED="+p.cgo)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("list packages of %s/%s: %w", p.os, p.arch, err)
		}
		for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
			f := strings.Split(s.Text(), "\t")
			if len(f) != 4 {
				continue
			}
			if found[f[0]] == nil {
				found[f[0]] = &module{path: f[0], version: f[1], dir: f[2]}
			}
			found[f[0]].packages = append(found[f[0]].packages, f[3])
		}
	}
	var modules []module
	for _, m := range found {
		modules = append(modules, *m)
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return modules, nil
}

// textsOf are the texts at the root of a module and in the folders above its
// linked packages.
func textsOf(m module) ([]text, error) {
	dirs := []string{m.dir}
	for _, p := range m.packages {
		for ; len(p) > len(m.dir); p = filepath.Dir(p) {
			dirs = append(dirs, p)
		}
	}
	slices.Sort(dirs)
	var all []text
	for _, d := range slices.Compact(dirs) {
		texts, err := textsIn(d)
		if err != nil {
			return nil, err
		}
		all = append(all, texts...)
	}
	return all, nil
}

func textsIn(dir string) ([]text, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var texts []text
	for _, e := range entries {
		if !licenceName.MatchString(e.Name()) || e.IsDir() || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text{e.Name(), b})
	}
	return texts, nil
}
