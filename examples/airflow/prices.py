"""Scores the listings of each day, and the files that arrive in an inbox."""

import os
from datetime import datetime

try:  # Airflow 3
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2.10
    from airflow import DAG
    from airflow.operators.bash import BashOperator

common = {
    "start_date": datetime(2026, 11, 26),
    "catchup": False,
    "max_active_runs": 1,
    "default_args": {
        "cwd": os.environ.get("PRICES_HOME", "/srv/prices"),  # where prices.yaml is
        "append_env": True,
        "retries": 2,
        "skip_on_exit_code": 99,
    },
}

with DAG("prices", schedule="0 3 * * *", **common):
    score = BashOperator(
        task_id="score",
        bash_command="exec leapscore score --job prices.yaml --param day={{ ds }} --partition ds={{ ds }}"
        " --run-id '{{ run_id }}' --rerun --log-format json --json",
    )
    report = BashOperator(
        task_id="report",
        bash_command="exec leapscore report predictions -o 'reports/{{ ds }}.html'",
    )
    score >> report

with DAG("inbox", schedule="@hourly", **common):
    BashOperator(
        task_id="score",
        bash_command="exec leapscore score --model listings.lr.zip --input 'inbox/*.parquet' --output scored"
        " --incremental --skip-exit-code 99 --run-id '{{ run_id }}' --json",
    )
