"""The rows of a job: a query of Spark SQL, or files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leapscore.errors import UsageError
from leapscore.spark.keys import names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Texts, quoted names and comments, in which a dollar is itself; then a parameter.
_TOKENS = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|\$([A-Za-z_]\w*)", re.S)


def rows(spark: SparkSession, job: Mapping[str, Any]) -> DataFrame:
    """Returns the rows that a job scores. It raises `UsageError` for a query that Spark cannot parse or resolve."""
    from pyspark.errors import AnalysisException, ParseException

    if "timezone" in job:
        spark.conf.set("spark.sql.session.timeZone", job["timezone"])
    try:
        if "input" in job:
            found = spark.read.parquet(*names(job, "input"))
        else:
            text, used = parameters(_text(job))
            given = dict(job.get("param") or {})
            _check_parameters(used, given)
            session: Any = spark
            found = session.sql(text, args=given) if given else session.sql(text)
    except ParseException as e:
        raise UsageError(f"{_short(e)}\nThe query runs in Spark SQL: files are named as parquet.`PATH`, and parameters as $name or :name") from e
    except AnalysisException as e:
        raise UsageError(_short(e)) from e
    return found.limit(int(job["limit"])) if "limit" in job else found


def parameters(query: str) -> tuple[str, set[str]]:
    """Returns a query with its parameters `$name` as `:name`, as Spark has them, and their names."""
    found: set[str] = set()

    def renamed(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        found.add(match[1])
        return ":" + match[1]

    return _TOKENS.sub(renamed, query), found


def _check_parameters(used: set[str], given: Mapping[str, str]) -> None:
    missing = sorted(used - set(given))
    if missing:
        raise UsageError(f"the query has ${missing[0]}, which is not given: --param {missing[0]}=VALUE")


def _text(job: Mapping[str, Any]) -> str:
    if "sql" in job:
        return str(job["sql"])
    try:
        with open(job["sql-file"], encoding="utf-8") as file:
            return file.read()
    except OSError as e:
        raise UsageError(f"sql-file {job['sql-file']}: {e.strerror}") from e


def _short(e: Exception) -> str:
    """Returns the message of an error of Spark without the plan and the stack below it."""
    return str(e).split("\nJVM stacktrace:")[0].split(";\n'")[0].strip()
