"""leapscore-spark: runs a job of leapscore in Spark. Also the main file of spark-submit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from leapscore.errors import LeapscoreError, UsageError, error_for

_HELP = """Usage: leapscore-spark --job FILE [FLAGS]
       spark-submit [...] .../leapscore/spark/__main__.py --job FILE [FLAGS]

Runs a job of leapscore score in Spark: the query is Spark SQL, and Spark's own writers make the table.
The flags are those of leapscore score; keys that mean nothing in Spark are refused by name.

      --binary FILE     the leapscore of the workers, if it is not installed there: a path there, a file here,
                        or the name of a file of spark-submit's --files or --archives
      --no-ship         read the model on the workers by its path, instead of sending it to them
      --master URL      as of spark-submit, such as local[2]
      --remote URL      a server of Spark Connect, such as sc://host
      --conf KEY=VALUE  a setting of Spark; may be repeated
      --json            print what became of the run as the last line of stdout

Exit codes are those of leapscore score: 0 done, 1 failure at run time, 2 usage, 3 model, 4 columns do not fit,
5 a gate is closed, 6 the output exists."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or "-h" in given or "--help" in given:
        print(_HELP)
        return 0 if given else 2
    try:
        own, rest = _own(given)
        result = _run(own, rest)
    except LeapscoreError as e:
        print(f"leapscore-spark: {e}", file=sys.stderr)
        return e.exit_code or _exit_code(e)
    except Exception as e:
        print(f"leapscore-spark: {_cause(e)}", file=sys.stderr)
        return 1
    counts = ", ".join(f"{k}={result[k]}" for k in ("rows_out", "rejected", "seconds") if result.get(k) is not None)
    print(f"the run has finished before, nothing done: {result['output']}" if result["skipped"] else f"done: {result['output']} {counts}", file=sys.stderr)
    if own["json"]:
        print(json.dumps(result), flush=True)
    return 0


def _run(own: dict[str, Any], rest: list[str]) -> dict[str, Any]:
    from leapscore.spark import job, keys

    settings = _settings(rest)
    keys.check(settings)  # before a session starts
    spark = _session(own, settings)
    return job.run(spark, settings, binary=own["binary"], ship=own["ship"])


def _settings(flags: list[str]) -> dict[str, Any]:
    """Returns the keys of the job: of flags, environment, job file and leapscore.yaml, as the command reads them."""
    import leapscore.binary

    command = [str(leapscore.binary.find()), "check", *flags, "--settings"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise error_for(done.returncode, re.sub(r"^(leapscore|error): ", "", done.stderr.strip()))
    return json.loads(done.stdout.strip().splitlines()[-1])


def _own(arguments: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Takes the flags that are not those of leapscore score."""
    own: dict[str, Any] = {"binary": None, "master": None, "remote": None, "conf": [], "ship": True, "json": False}
    rest: list[str] = []
    left = list(arguments)
    while left:
        word = left.pop(0)
        name, _, value = word.partition("=")
        if name in ("--binary", "--master", "--remote", "--conf"):
            if "=" not in word and not left:
                raise UsageError(f"{name} needs a value")
            value = value if "=" in word else left.pop(0)
            own[name[2:]] = [*own["conf"], value] if name == "--conf" else value
        elif word == "--no-ship":
            own["ship"] = False
        elif word == "--json":
            own["json"] = True
        else:
            rest.append(word)
    return own, rest


def _session(own: dict[str, Any], settings: dict[str, Any]) -> Any:
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    builder = builder.appName(settings.get("job-name", "leapscore"))
    for setting in own["conf"]:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--conf {setting}: want KEY=VALUE")
        builder = builder.config(key, value)
    if own["remote"]:
        builder = builder.remote(own["remote"])
    elif own["master"]:
        builder = builder.master(own["master"])
    return builder.getOrCreate()


def _exit_code(e: LeapscoreError) -> int:
    from leapscore.errors import ContractError, GateError, ModelError, OutputError

    codes = {UsageError: 2, ModelError: 3, ContractError: 4, GateError: 5, OutputError: 6}
    return next((code for kind, code in codes.items() if isinstance(e, kind)), 1)


def _cause(e: Exception) -> str:
    """Returns leapscore's own message out of an error of a Spark task, which has the stacks of Python and of the JVM around it."""
    found = re.search(r"^leapscore\.errors\.\w+: (.+)$", str(e), re.M)
    return found[1] if found else f"{type(e).__name__}: {e}"


if __name__ == "__main__":
    # As the main file of spark-submit, whose folder would hide modules of the same names.
    sys.path[:] = [p for p in sys.path if not p or Path(p).resolve() != Path(__file__).resolve().parent]
    sys.exit(main())
