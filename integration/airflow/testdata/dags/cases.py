"""One DAG for each end that a task of the operator can have. The scheduler runs each once.

CASES is the folder of the listings and of all tables.
"""

import os
import signal
from datetime import datetime, timedelta

from leapscore.airflow import LeapscoreOperator

try:  # Airflow 3
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.sdk import DAG, Asset, AssetAlias, task
except ImportError:  # Airflow 2.10
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.datasets import DatasetAlias as AssetAlias
    from airflow.decorators import task
    from airflow.operators.empty import EmptyOperator

HOME = os.environ["CASES"]
LINEAR, FOREST = "listings.lr.zip", "listings.rf.zip"
# Takes minutes in the first try of a task.
SLOW = "SELECT l.* FROM 'listings/**/*.parquet' l{% if ti.try_number == 1 %}, range(1000000){% endif %}"


def dag(name, schedule="@once", **more):
    return DAG(
        name,
        schedule=schedule,
        start_date=datetime(2026, 11, 26),
        catchup=False,
        default_args={"cwd": HOME, "retries": 2, "retry_delay": timedelta(seconds=1)},
        **more,
    )


class DiesAfterwards(LeapscoreOperator):
    """Its first try ends after the rows are published, and before Airflow knows it."""

    def execute(self, context):
        found = super().execute(context)
        if context["ti"].try_number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return found


asset, alias = Asset(f"file://{HOME}/success"), AssetAlias("tables")

with dag("success", params={"state": "NY"}):
    scored = LeapscoreOperator(
        task_id="score",
        model=LINEAR,
        sql="listings.sql",
        parameters={"day": "{{ macros.ds_add('2026-11-25', 1) }}"},
        table="success",
        mode="overwrite",
        options={"on-error": "reject", "max_errors": "50%", "openlineage": "lineage.json", "min-rows": 1},
        rejects="success-rejects",
        outlets=[asset, alias],
    )

with dag("consumer", schedule=[asset]):

    @task
    def rows(**context):
        events = context.get("triggering_asset_events") or context.get("triggering_dataset_events")
        return [event.extra["rows_out"] for of_one in events.values() for event in of_one]

    rows()

with dag("job"):
    # One file is beside the DAG and is a template, the other one is on the worker.
    LeapscoreOperator(task_id="beside", job="job.yaml", parameters={"day": "2026-11-27"}, table="beside")
    LeapscoreOperator(task_id="worker", job=f"{HOME}/prices.yaml", parameters={"day": "2026-11-27"}, partition={"ds": "2026-11-27"}, table="worker")
    LeapscoreOperator(task_id="given", job={"model": LINEAR, "input": "listings", "output": "given", "keep": ["listing_id"]}, options={"limit": 7})

with dag("skip"):
    inbox = {"model": LINEAR, "inputs": ["listings/ds=2026-11-26/*.parquet"], "table": "inbox", "incremental": True}
    LeapscoreOperator(task_id="first", **inbox) >> LeapscoreOperator(task_id="again", **inbox) >> EmptyOperator(task_id="after")
    LeapscoreOperator(task_id="by_job", job="incremental.yaml")

with dag("wrong"):
    LeapscoreOperator(task_id="columns", model=LINEAR, sql="SELECT 1 AS a", table="wrong")
    LeapscoreOperator(task_id="model", model="none.zip", inputs="listings", table="wrong")
    LeapscoreOperator(task_id="flag", model=LINEAR, inputs="listings", table="wrong", options={"no-such-flag": 1})
    LeapscoreOperator(task_id="connection", model=LINEAR, inputs="listings", table="wrong", store_conn_ids="database")
    LeapscoreOperator(task_id="file", model=LINEAR, sql=f"{HOME}/none.sql", table="wrong")

with dag("drift"):
    steady = {"inputs": "listings", "table": "drift", "mode": "overwrite"}
    gate = {"drift-reference": "drift", "drift-max": 0.2, "drift-first-run": "pass"}
    LeapscoreOperator(task_id="first", model=LINEAR, options=gate, **steady) >> LeapscoreOperator(task_id="moved", model=FOREST, options=gate, **steady)

with dag("twice"):
    DiesAfterwards(task_id="score", model=LINEAR, inputs="listings", table="twice", mode="append")

with dag("occupied"):
    # The table is there, which may be a matter of time: the task is tried again.
    LeapscoreOperator(task_id="first", model=LINEAR, inputs="listings", table="occupied") >> LeapscoreOperator(
        task_id="exists", model=LINEAR, inputs="listings", table="occupied", retries=1
    )

with dag("mapped"):
    days = ["2026-11-26", "2026-11-27", "2026-11-28"]
    LeapscoreOperator.partial(
        task_id="score", model=LINEAR, sql="listings.sql", mode="append", table="mapped", retries=9, map_index_template="{{ task.parameters['day'] }}"
    ).expand(parameters=[{"day": day} for day in days])

with dag("store"):
    LeapscoreOperator(task_id="s3", model=LINEAR, inputs="listings", table="s3://bucket/store", store_conn_ids="lake")
    LeapscoreOperator(task_id="azure", model=LINEAR, inputs="listings", table="azblob://bucket/store", store_conn_ids=["lake", "blobs"])
    LeapscoreOperator(task_id="own", model=LINEAR, inputs="listings", table="s3://bucket/own", store_conn_ids="stores")

with dag("killed"):
    LeapscoreOperator(task_id="child", model=LINEAR, sql=SLOW, table="killed-child")
with dag("worker"):
    LeapscoreOperator(task_id="killed", model=LINEAR, sql=SLOW, table="killed-worker")
with dag("failed"):
    LeapscoreOperator(task_id="by_hand", model=LINEAR, sql=SLOW, table="failed-by-hand", retries=0)
with dag("timeout"):
    LeapscoreOperator(task_id="slow", model=LINEAR, sql=SLOW, table="timeout", retries=0, execution_timeout=timedelta(seconds=8))
