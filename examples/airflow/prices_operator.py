"""Scores the listings of each day with leapscore's operator, and the files that arrive in an inbox."""

import os
from datetime import datetime, timedelta

from leapscore.airflow import LeapscoreOperator

try:  # Airflow 3
    from airflow.sdk import DAG, Asset, task
except ImportError:  # Airflow 2.10
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import task

home = os.environ.get("PRICES_HOME", "/srv/prices")  # where prices.yaml is
predictions = Asset(f"file://{home}/predictions")
common = {
    "start_date": datetime(2026, 11, 26),
    "catchup": False,
    "max_active_runs": 1,
    "default_args": {"retries": 2, "retry_delay": timedelta(minutes=5)},
}

with DAG("score_prices", schedule="0 3 * * *", **common):
    # The gates of prices.yaml fail the task without a retry, and leave the table as it was.
    LeapscoreOperator(
        task_id="score",
        job=f"{home}/prices.yaml",
        parameters={"day": "{{ ds }}"},
        partition={"ds": "{{ ds }}"},
        cwd=home,
        outlets=[predictions],
    )

with DAG("score_inbox", schedule="@hourly", **common):
    # Skipped if there is no new file.
    LeapscoreOperator(
        task_id="score",
        model="listings.lr.zip",
        inputs="inbox/*.parquet",
        table="scored",
        incremental=True,
        cwd=home,
    )

with DAG("use_prices", schedule=[predictions], **common):

    @task
    def count(**context):
        """Looks at the run that has replaced the predictions."""
        events = context["triggering_asset_events" if "triggering_asset_events" in context else "triggering_dataset_events"]
        runs = [event.extra for of_one in events.values() for event in of_one]
        for run in runs:
            print(f"{run['rows_out']} prices of model {run['model']['version']} in {run['table']}")
        return sum(run["rows_out"] for run in runs)

    count()
