"""One table, scored by 8 mapped tasks and published by a last one."""

import os
from datetime import datetime

from leapscore.airflow import LeapscoreCommitOperator, LeapscoreOperator

try:  # Airflow 3
    from airflow.sdk import DAG
except ImportError:  # Airflow 2.10
    from airflow import DAG

SHARDS = 8
common = {"cwd": os.environ.get("PRICES_HOME", "/srv/prices"), "retries": 2}  # a shard that was done is not done twice

with DAG("prices_shards", schedule="0 3 * * *", start_date=datetime(2026, 11, 26), catchup=False, max_active_runs=1, default_args=common):
    table = "shards/ds={{ ds }}"
    score = LeapscoreOperator.partial(
        task_id="score",
        model="listings.rf.zip",
        inputs="listings/ds={{ ds }}",
        table=table,
        mode="overwrite",
    ).expand(shard=[f"{i}/{SHARDS}" for i in range(SHARDS)])
    score >> LeapscoreCommitOperator(task_id="commit", table=table)
