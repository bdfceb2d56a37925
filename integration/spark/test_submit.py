"""leapscore-spark as processes of their own: the console script of the wheel, and the main file of spark-submit."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pyspark
import pytest
import session
from leapscore.spark import __main__ as cli

PYPROJECT = Path(__file__).parent.parent.parent / "python" / "pyproject.toml"


def console_script(tmp_path):
    """Returns the script that pip writes for leapscore-spark."""
    module, function = re.search(r'^leapscore-spark = "(.+):(.+)"$', PYPROJECT.read_text(encoding="utf-8"), re.M).groups()
    script = tmp_path / "leapscore-spark"
    script.write_text(f"import sys\nfrom {module} import {function}\nif __name__ == '__main__':\n    sys.exit({function}())\n")
    return [sys.executable, str(script)]


def spark_submit(_):
    settings = [word for key, value in session.SETTINGS.items() for word in ("--conf", f"{key}={value}")]
    return [str(Path(pyspark.__file__).parent / "bin" / "spark-submit"), "--master", "local[2]", *settings, cli.__file__]


def run(command, folder):
    session.environment()
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=dict(os.environ))


@pytest.mark.parametrize("program", [console_script, spark_submit])
def test_a_job_file_is_run(program, tmp_path, lr, listings, command):
    job = {
        "model": lr,
        "sql": f"SELECT * FROM parquet.`{listings}` WHERE ds = $day",
        "keep": ["listing_id"],
        "output": "out",
        "mode": "overwrite",
        "run-id": "night",
    }
    (tmp_path / "job.json").write_text(json.dumps(job))
    own = ["--master", "local[2]", *(f"--conf={k}={v}" for k, v in session.SETTINGS.items())] if program is console_script else []
    done = run([*program(tmp_path), "--job", "job.json", "--param", "day=2026-11-27", "--json", *own], tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.strip().splitlines()[-1])
    assert (result["run_id"], result["rows_out"], result["skipped"]) == ("night", 500, False)
    want = command("--model", lr, "--input", f"{listings}/ds=2026-11-27/*.parquet")
    rows = pq.read_table(tmp_path / "out").to_pylist()
    assert {r["listing_id"]: r["price_prediction"] for r in rows} == {k: v["price_prediction"] for k, v in want.items()}


def test_mistakes_start_no_session(tmp_path, lr):
    """It is told before Java, whose home is none here, would be started."""
    (tmp_path / "job.json").write_text(json.dumps({"model": lr, "sql": "SELECT 1", "output": "out", "db": "x.duckdb"}))
    command = ["env", "JAVA_HOME=/nowhere", *console_script(tmp_path), "--job", "job.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "db: not in Spark" in done.stderr
