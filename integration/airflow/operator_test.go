//go:build airflow

package airflow

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"leapscore/integration/tools"
)

// The DAGs of examples/airflow with the operators, in each Airflow.
func TestNightsOfOperators(t *testing.T) {
	inEachAirflow(t, []night{
		{"first night", firstNightOfOperator},
		{"consumer", consumer},
		{"empty night", emptyNightOfOperator},
		{"drift", driftOfOperator},
		{"inbox", inboxOfOperator},
		{"shards", shards},
		{"shards without input", noShards},
	})
}

func firstNightOfOperator(a airflow) {
	log := a.dagTest("score_prices", "2026-11-26")
	a.wantState("score_prices", "2026-11-26", "score", "success", 1, log, "rows_out=500", "there is no reference yet", "there is no table yet")
	if got := a.table()["2026-11-26"].rows; got != 500 {
		a.t.Errorf("the table has %d rows of the night, want 500", got)
	}
}

// A DAG sees the event of the night that has updated its asset, and none where it is started by hand.
func consumer(a airflow) {
	log := a.dagTest("use_prices", "2026-11-26")
	a.wantState("use_prices", "2026-11-26", "count", "success", 1, log, "Returned value was: 0")
	// A scheduler joins the events to the run that they trigger; dags test does not.
	const join = `
import os, sqlite3, sys
kind = "dataset" if sys.argv[1] == "2" else "asset"
db = sqlite3.connect(os.path.join(os.environ["AIRFLOW_HOME"], "airflow.db"))
with db:
    db.execute(f"""CREATE TRIGGER consume AFTER INSERT ON dag_run WHEN NEW.dag_id = 'use_prices' BEGIN
        INSERT INTO dagrun_{kind}_event (dag_run_id, event_id) SELECT NEW.id, id FROM {kind}_event; END""")`
	a.mustRun("python", "-c", join, a.major())
	log = a.dagTest("use_prices", "2026-11-27")
	a.wantState("use_prices", "2026-11-27", "count", "success", 1, log, "500 prices of model ", filepath.Join(a.home, "predictions"), "Returned value was: 500")
}

// A closed gate fails the task at once, and leaves the table as it was.
func emptyNightOfOperator(a airflow) { a.closedGate("2026-12-24", "the result has no rows") }

func driftOfOperator(a airflow) {
	a.setJob("listings.lr.zip", "listings.rf.zip")
	a.closedGate("2026-11-27", "drift", "price_prediction", "nothing published")
	a.setJob()
}

func (a airflow) closedGate(day string, words ...string) {
	a.t.Helper()
	before := a.table()
	log := a.dagTest("score_prices", day)
	a.wantState("score_prices", day, "score", "failed", 1, log, append(words, "exit code 5")...)
	if after := a.table(); !maps.Equal(before, after) {
		a.t.Errorf("the table was %v and is %v", before, after)
	}
	if n := len(a.look().Events); n != 1 {
		a.t.Errorf("the asset has %d events, want that of the first night", n)
	}
}

func inboxOfOperator(a airflow) {
	if err := os.CopyFS(filepath.Join(a.home, "inbox"), os.DirFS(filepath.Join(a.home, "listings/ds=2026-11-26"))); err != nil {
		a.t.Fatal(err)
	}
	log := a.dagTest("score_inbox", "2026-11-26")
	a.wantState("score_inbox", "2026-11-26", "score", "success", 1, log, "rows_out=500")
	log = a.dagTest("score_inbox", "2026-11-27")
	a.wantState("score_inbox", "2026-11-27", "score", "skipped", 1, log, "no new input, nothing done")
	if n := a.rows("scored"); n != 500 {
		a.t.Errorf("the table has %d rows, want 500", n)
	}
}

// Mapped tasks stage shards, which the last task publishes as one run. A new run of a day replaces them.
func shards(a airflow) {
	for range 2 {
		log := a.dagTest("prices_shards", "2026-11-26")
		a.wantState("prices_shards", "2026-11-26", "commit", "success", 1, log, "--shard=0/8", "--shard=7/8", "shard staged", "leapscore commit shards/ds=2026-11-26")
	}
	table := filepath.Join("shards", "ds=2026-11-26")
	a.mustRun("leapscore", "score", "--model", "listings.rf.zip", "--input", "listings/ds=2026-11-26", "--output", "whole", "--quiet")
	const compare = `
import duckdb, sys
whole, shards = (f"SELECT * FROM read_parquet('{folder}/*.parquet', hive_partitioning=false)" for folder in sys.argv[1:])
print(duckdb.sql(f"({whole} EXCEPT ALL {shards}) UNION ALL ({shards} EXCEPT ALL {whole})").fetchall())`
	if other := a.mustRun(tools.Path(a.t, tools.Python), "-c", compare, "whole", table); strings.TrimSpace(other) != "[]" {
		a.t.Errorf("rows that only the shards or only one run have: %s", other)
	}
	if left, err := filepath.Glob(filepath.Join(a.home, table, "_temporary", "*")); err != nil || len(left) > 0 {
		a.t.Errorf("there is left %q, %v", left, err)
	}
	last, runs := a.state("prices_shards", "2026-11-26", "commit").Run, map[string]bool{}
	for _, i := range a.look().Tasks {
		if i.DAG != "prices_shards" || i.Run != last {
			continue
		}
		returned, _ := i.Returned.(map[string]any)
		runs[fmt.Sprint(i.Task, returned["run_id"])] = true
		if i.State != "success" || returned["table"] != filepath.Join(a.home, table) || i.Task == "commit" && returned["rows_out"] != 500.0 {
			a.t.Errorf("%s is %q and has returned %v", i.name(), i.State, i.Returned)
		}
	}
	run := "prices_shards:" + last
	if want := map[string]bool{"score" + run: true, "commit" + run: true}; !reflect.DeepEqual(runs, want) {
		a.t.Errorf("the tasks have the runs %v, want %v", runs, want)
	}
}

// Without inputs no shard is scored, and nothing is published.
func noShards(a airflow) {
	log := a.dagTest("prices_shards", "2026-12-24")
	a.wantState("prices_shards", "2026-12-24", "commit", "upstream_failed", 0, log, "no files match: listings/ds=2026-12-24", "exit code 2")
	if exists(filepath.Join(a.home, "shards", "ds=2026-12-24", "_SUCCESS")) {
		a.t.Error("a table is published")
	}
}
