package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAllLinkedWorksMayBeLinked(t *testing.T) {
	works, err := linkedWorks()
	if err != nil {
		t.Fatal(err)
	}
	if err := judge(works); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, w := range works {
		names[w.name] = strings.Join(w.licences, ", ")
	}
	for name, want := range map[string]string{
		"Go": "BSD-3-Clause", "github.com/spf13/cobra": "Apache-2.0", "duckdb": "MIT", "github.com/hamba/avro/v2": "MIT",
	} {
		if names[name] != want {
			t.Errorf("licence of %s is %q, want %q", name, names[name], want)
		}
	}
	if p := string(page(works)); !strings.Contains(p, "Stichting DuckDB Foundation") || !strings.Contains(p, "GCC Runtime Library Exception") {
		t.Error("the page lacks the texts of DuckDB or of libstdc++")
	}
}

func TestTheBillOfMaterialsNamesVersions(t *testing.T) {
	works := []work{
		{name: "duckdb", version: "v1.4.1", licences: []string{"MIT"}},
		{name: "example.org/a", version: "v1.2.3", licences: []string{"BSD-3-Clause", "MIT"}},
		{name: "fmt", version: "(in DuckDB)", licences: []string{"MIT"}},
	}
	var b strings.Builder
	if err := writeSBOM(&b, works, "v0.1.0"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"version": "v0.1.0"`, `"pkg:github/duckdb/duckdb@v1.4.1"`, `"pkg:golang/example.org/a@v1.2.3"`, `"BSD-3-Clause AND MIT"`, `"description": "in DuckDB"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the bill of materials lacks %s:\n%s", want, &b)
		}
	}
}

func TestUnknownAndForbiddenLicencesAreErrors(t *testing.T) {
	gpl := "This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public License " +
		"as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version."
	for _, c := range []struct {
		texts []text
		want  string
	}{
		{nil, "it has no licence"},
		{[]text{{"NOTICE", []byte("Copyright someone")}}, "it has no licence"},
		{[]text{{"LICENSE", []byte("You may look at this on Sundays, and at no other time.")}}, "is a known licence"},
		{[]text{{"COPYING", []byte(gpl)}}, "is not allowed"},
	} {
		err := judge([]work{{name: "example.org/a", version: "v1.0.0", texts: c.texts}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("judging %q gave %v, want an error with %q", c.texts, err, c.want)
		}
	}
	err := judge([]work{{name: "mbedtls", texts: []text{{"LICENSE", []byte("new words")}}}})
	if err == nil || !strings.Contains(err.Error(), "have changed") {
		t.Errorf("changed texts of a work that was read gave %v, want an error that says so", err)
	}
}

// TestLibrariesOfDuckDBAreKnown holds the list of bundled works against the
// static libraries that the bindings bring.
func TestLibrariesOfDuckDBAreKnown(t *testing.T) {
	// No object of the generators of benchmarks is linked, since nothing calls
	// them; the others are DuckDB's own.
	other := []string{"static", "autocomplete_extension", "core_functions_extension", "json_extension", "tpcds_extension", "tpch_extension"}
	works, err := bundledWorks()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range works {
		other = append(other, w.name)
	}
	for _, platform := range []string{"linux-amd64", "linux-arm64"} {
		dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/duckdb/duckdb-go-bindings/"+platform).Output()
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.a"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no libraries in %s: %v", dir, err)
		}
		for _, f := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(filepath.Base(f), "lib"), "duckdb_"), ".a")
			if renamed := map[string]string{"icu_extension": "icu", "jemalloc_extension": "jemalloc", "parquet_extension": "parquet", "pg_query": "libpg_query", "skiplistlib": "skiplist"}[name]; renamed != "" {
				name = renamed
			}
			if !slices.Contains(other, name) {
				t.Errorf("%s of %s has no text in release/licences/bundled", filepath.Base(f), platform)
			}
		}
	}
}
