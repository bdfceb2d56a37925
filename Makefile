# Every target with a ## line is shown by `make help`. CI runs `make ci`.
GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -X main.version=$(VERSION)
TAGS     ?=
PKGS     := ./...
# Tests that run whole processes many times, which make check leaves to make test.
SLOW     := ^Test(ARunThatCannotWriteOn|AKilledRunLeaves|SignalsEndTheRun|Killed|MemoryIsAPromise|AStoppedRunGoesOn|Scripts)

.DEFAULT_GOAL := help
# Packages whose tests with the tag engines are too heavy for make test.
ENGINES = ./integration/engines ./integration/spark ./integration/examples ./integration/schedulers ./integration/wheel

.PHONY: help build demo man completions fmt vet lint check test test-airflow test-engines docs race generate check-generate mutants fuzz fuzz-parity oracle oracle-trees bench bench-compare bench-check bench-peers bench-scale bench-cores bench-hosts bench-spark bench-boosters bench-shapes bench-guard ci release wheel test-wheel test-release test-arm64 test-avx512 clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

build: ## build bin/leapscore
	$(GO) build -tags '$(TAGS)' -ldflags '$(LDFLAGS)' -o bin/leapscore ./cmd/leapscore

demo: build ## make a bundle and listings, score them, show the first rows
	$(GO) run ./benchmarks/data -out demo -rows 100000 -files 2
	./bin/leapscore inspect demo/listings.lr.zip
	./bin/leapscore score --model demo/listings.lr.zip --input 'demo/listings/*.parquet' --output demo/predictions --mode overwrite
	./bin/leapscore score --model demo/listings.rf.zip \
	  --sql "SELECT * FROM 'demo/listings/*.parquet' WHERE bedrooms >= 1" --output demo/predictions.rf --mode overwrite
	$(GO) run ./benchmarks/data -show 5 'demo/predictions/*.parquet'

man: ## write the man pages to dist/man
	$(GO) test ./cmd/leapscore -run TestManPagesAreWritten -count 1 -man '$(CURDIR)/dist/man'

completions: ## write the completions of bash, zsh and fish to dist/completions
	$(GO) test ./cmd/leapscore -run TestCompletionsAreWritten -count 1 -completions '$(CURDIR)/dist/completions'

fmt: ## format the code
	$(GO) tool gofumpt -w .

vet: ## go vet, and that everything is formatted
	$(GO) vet $(PKGS)
	@test -z "$$(gofmt -l .)" || { echo "not formatted: $$(gofmt -l .); run make fmt"; exit 1; }

lint: vet ## vet and staticcheck
	$(GO) tool staticcheck $(PKGS)
	GOFLAGS= $(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 -shellcheck= -pyflakes=

check: ## vet, staticcheck, formatting and tests of the packages that changed since main and of those that import them
	@test -z "$$(gofmt -l .)" || { echo "not formatted: $$(gofmt -l .); run make fmt"; exit 1; }
	@changed=$$(.ci/changed.sh); test -z "$$changed" || { $(GO) vet $$changed && $(GO) tool staticcheck $$changed && $(GO) test -skip '$(SLOW)' -timeout 5m $$changed; }

test: ## all tests; installs what the integration tests run into .cache/tools first
	@integration/tools/install.sh
	$(GO) test -timeout 30m $(PKGS)

test-airflow: ## the nights of docs/airflow.md in real Airflow 3 and 2.10; installs both, about 0.8 GB
	$(GO) vet -tags airflow ./integration/airflow
	$(GO) test -tags airflow -timeout 60m -v ./integration/airflow

docs: ## build the site of the documentation into dist/site
	@docs/site.sh dist/site

test-engines: ## run leapscore inside Spark, Ray, Dask and schedulers, and install the wheel; installs them (some 3 GB, some minutes)
	$(GO) test -tags engines -timeout 90m -count 1 $(ENGINES)

race: ## all tests under the race detector
	$(GO) test -race -timeout 60m $(PKGS)

generate: build ## write the docs that come from the code
	./bin/leapscore ops --markdown > ops/README.md
	./bin/leapscore codes --markdown > docs/codes.md
	./bin/leapscore models --markdown > docs/models.md
	$(GO) test ./ops/builtin -run TestDifferencesArePrinted -update
	$(GO) test ./job -run TestTheSchemaIsWritten -update
	python3 python/tools/options.py

check-generate: build ## fail if a generated file is stale
	./bin/leapscore ops --markdown | diff -u ops/README.md -
	./bin/leapscore codes --markdown | diff -u docs/codes.md -
	./bin/leapscore models --markdown | diff -u docs/models.md -
	$(GO) test ./ops/builtin ./job -run 'TestDifferencesArePrinted|TestTheSchemaIsWritten'

mutants: ## break packages one line at a time, show what no test notices: make mutants PKG=./engine N=30 SEED=1 (ONLY=regexp of FILE:LINE: CHANGE)
	$(GO) run ./internal/mutants $(if $(N),-n $(N)) $(if $(SEED),-seed $(SEED)) $(if $(ONLY),-only '$(ONLY)') $(or $(PKG),./engine ./engine/store ./sinks ./sources ./sql ./ops/tree)

FUZZTIME ?= 20s
fuzz: ## fuzz every parser for FUZZTIME each
	@for p in $$(grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' $$p/*_test.go | sed 's/func //'); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; done; done

oracle: ## write the outcomes of case files anew from MLeap: make oracle OP=bucketizer (see benchmarks/peers/oracle/README.md)
	$(GO) run ./benchmarks/peers/oracle/fill ops/*/testdata/$(if $(OP),$(OP),*).txt

oracle-trees: build ## make models with XGBoost, LightGBM and CatBoost, and compare every bit: make oracle-trees SEED=2 (LIBRARY=lightgbm ONLY=regexp SIZE=large ROWS=1000000)
	integration/trees/oracle/run.sh $(abspath bin/leapscore) "$(or $(LIBRARY),xgboost lightgbm catboost)" --seed $(or $(SEED),$(shell date +%s)) $(if $(ONLY),--only '$(ONLY)') \
	  $(if $(SIZE),--size $(SIZE)) $(if $(ROWS),--rows $(ROWS))

FUZZ_SECONDS ?= 60
fuzz-parity: ## hold random models and rows against MLeap for FUZZ_SECONDS; findings go to fuzz-findings (needs ORACLE_HOME)
	$(GO) run ./benchmarks/peers/oracle/fuzz -seconds $(FUZZ_SECONDS) $(if $(SEED),-seed $(SEED)) $(if $(OP),-op $(OP))

bench: ## our own benchmarks, kept in benchmarks/results: make bench BENCH=Run COUNT=10 (all of them take about an hour)
	@mkdir -p benchmarks/results
	@{ $(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -count $(or $(COUNT),10) ./benchmarks && \
	  $(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchtime 100ms -count $(or $(COUNT),10) ./ops/... | grep -v 'no test files'; } \
	  | tee benchmarks/results/$$(date +%Y-%m-%d)-$$(git rev-parse --short HEAD).txt

bench-peers: ## run leapscore beside other software: make bench-peers ROWS=4000000 SIZE=10000000 RUNS=5 (ONLY=linear,forest,where,ten,trees,odd)
	python3 benchmarks/peers/peers.py --rows $(or $(ROWS),4000000) --size $(or $(SIZE),10000000) --runs $(or $(RUNS),5) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(RESULTS),--results $(RESULTS) --chart $(RESULTS)/peers.svg)

bench-scale: ## what a row costs as tables, forests and workers grow: make bench-scale ROWS=16000000 RUNS=3 (ONLY=rows,trees,columns)
	python3 benchmarks/peers/scale.py --rows $(or $(ROWS),16000000) --runs $(or $(RUNS),3) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(RESULTS),--results $(RESULTS))

bench-cores: ## what each stage costs, and a simulation of 1 to 64 cores: make bench-cores ROWS=4000000 RUNS=20
	python3 benchmarks/peers/cores.py --rows $(or $(ROWS),4000000) --runs $(or $(RUNS),20) $(if $(RESULTS),--results $(RESULTS))

bench-hosts: ## the same job as a command, in Python, in Ray and in Dask: make bench-hosts ROWS=4000000 RUNS=3 (ONLY=linear,forest)
	python3 benchmarks/peers/hosts.py --rows $(or $(ROWS),4000000) --runs $(or $(RUNS),3) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(RESULTS),--results $(RESULTS))

bench-boosters: ## files of XGBoost, LightGBM and CatBoost by their libraries and by leapscore: make bench-boosters ROWS=200000 RUNS=5 (ONLY=500x6,1000x255,100x12)
	python3 benchmarks/peers/boosters.py --rows $(or $(ROWS),200000) --runs $(or $(RUNS),5) $(if $(ONLY),--only $(ONLY))

bench-shapes: ## jobs of many shapes beside the software that users would pick for each: make bench-shapes ROWS=600000 RUNS=5 (ONLY=csv,pca)
	python3 benchmarks/peers/shapes.py --rows $(or $(ROWS),600000) --runs $(or $(RUNS),5) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(RESULTS),--results $(RESULTS) --chart $(RESULTS)/shapes.svg)

bench-guard: ## fail if a job takes more than twice its CPU time beside the floor (benchmarks/peers/guard.json)
	python3 benchmarks/peers/guard.py

bench-spark: ## the same job in Spark, by Spark ML and as a command: make bench-spark ROWS=4000000 RUNS=3 (installs pyspark)
	@integration/tools/install.sh python
	@$(MAKE) --no-print-directory build
	.cache/tools/python/bin/python benchmarks/peers/in_spark.py --rows $(or $(ROWS),4000000) --runs $(or $(RUNS),3)

bench-compare: ## compare two results: make bench-compare OLD=file NEW=file
	$(GO) tool benchstat $(OLD) $(NEW)

bench-check: ## is this tree slower than where it left main? make bench-check BASE=commit BENCH=Run ROUNDS=12 (see benchmarks/README.md)
	$(GO) run ./benchmarks/check $(if $(BASE),-base $(BASE)) $(if $(BENCH),-bench '$(BENCH)') $(if $(ROUNDS),-rounds $(ROUNDS))

ci: lint test check-generate bench-guard ## what CI runs

release: ## build all files of a release into dist (Debian 12; PLATFORMS=linux/amd64 for one): docs/releasing.md
	release/build.sh

wheel: ## build the wheel with the binary in it into dist (Debian 12; ARCH=arm64 for that): docs/releasing.md
	release/wheel.sh $(or $(ARCH),amd64)

test-wheel: ## install the wheel into empty places and into Airflow, and score there (WHEEL=FILE for one that is built)
	LEAPSCORE_WHEEL=$(abspath $(WHEEL)) $(GO) test -tags engines -timeout 60m -count 1 -v ./integration/wheel

test-release: ## install the release in dist into empty roots and score there (needs root)
	release/test.sh

test-arm64: ## the case files of all ops and of boosters on arm64, under qemu: the same bits
	@release/install.sh test
	CGO_ENABLED=0 GOARCH=arm64 GOFLAGS=-mod=readonly $(GO) test -exec qemu-aarch64-static -timeout 30m -run TestEveryOpHasItsBits ./ops/builtin
	CGO_ENABLED=0 GOARCH=arm64 GOFLAGS=-mod=readonly $(GO) test -exec qemu-aarch64-static -timeout 30m -run 'Bits|Answers' \
	  ./internal/libm ./ops/internal/... ./ops/boosting ./ops/tree/... ./models/xgboost/... ./models/lightgbm/... ./models/catboost/...

test-avx512: ## vector code with AVX-512 on an emulated processor, for machines without (Debian 12; the first time as root)
	integration/avx512/run.sh

clean: ## remove what was built
	rm -rf bin demo dist
