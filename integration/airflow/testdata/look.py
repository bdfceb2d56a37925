"""Prints what Airflow's database and logs say, as JSON. Needs no Airflow, which takes seconds to import."""

import glob
import json
import os
import sqlite3

home = os.environ["AIRFLOW_HOME"]
db = sqlite3.connect(os.path.join(home, "airflow.db"), timeout=60)
three = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'asset_event'").fetchone()[0] == 1


def log(dag, run, task, index, tries):
    """The lines of all tries: number of the try, level and text."""
    part = f"map_index={index}/" if index >= 0 else ""
    for n in range(1, tries + 1):
        for path in glob.glob(f"{home}/logs/dag_id={dag}/run_id={glob.escape(run)}/task_id={task}/{part}attempt={n}.log"):
            for line in open(path, encoding="utf-8", errors="replace"):
                yield line_of(n, line.rstrip("\n"))


def line_of(n, line):
    if line.startswith("{"):
        found = json.loads(line)
        said = json.dumps(found.get("error_detail")) if "error_detail" in found else ""
        return {"Try": n, "Level": found.get("level", ""), "Text": str(found.get("event")) + said}
    for level in ("INFO", "WARNING", "ERROR"):
        if f"}} {level} - " in line:
            return {"Try": n, "Level": level.lower(), "Text": line.split(f"}} {level} - ", 1)[1]}
    return {"Try": n, "Level": "", "Text": line}


tasks = []
for row in db.execute("SELECT dag_id, task_id, run_id, map_index, state, try_number, rendered_map_index FROM task_instance"):
    task = dict(zip(("DAG", "Task", "Run", "Index", "State", "Tries", "Label"), row))
    key = (row[0], row[1], row[2], row[3])
    where = "dag_id = ? AND task_id = ? AND run_id = ? AND map_index = ?"
    value = db.execute(f"SELECT value FROM xcom WHERE {where} AND key = 'return_value'", key).fetchone()
    task["Returned"] = json.loads(value[0]) if value else None
    fields = db.execute(f"SELECT rendered_fields FROM rendered_task_instance_fields WHERE {where}", key).fetchone()
    task["Rendered"] = json.loads(fields[0]) if fields else {}
    task["State"], task["Label"] = task["State"] or "", task["Label"] or ""
    task["Log"] = list(log(row[0], row[2], row[1], row[3], row[5]))
    tasks.append(task)
kind = "asset" if three else "dataset"
events = [
    {"URI": uri, "Task": f"{dag}.{task}", "Extra": json.loads(extra)}
    for uri, dag, task, extra in db.execute(f"SELECT uri, source_dag_id, source_task_id, e.extra FROM {kind}_event e JOIN {kind} a ON a.id = e.{kind}_id")
]
print(json.dumps({"Tasks": tasks, "Events": events}))
