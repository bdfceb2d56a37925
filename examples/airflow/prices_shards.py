"""One table, scored by 8 mapped tasks and published by a last one."""

from datetime import datetime

try:  # Airflow 3
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2.10
    from airflow import DAG
    from airflow.operators.bash import BashOperator

SHARDS = 8

with DAG("prices_shards", schedule="0 3 * * *", start_date=datetime(2026, 11, 26), catchup=False, max_active_runs=1) as dag:
    score = BashOperator.partial(
        task_id="score",
        bash_command=(
            "leapscore score --model /srv/prices/listings.rf.zip --input '/srv/prices/listings/ds={{ ds }}' "
            "--output '/srv/prices/shards/ds={{ ds }}' --run-id '{{ run_id }}' --log-format json "
            f"--shard \"$SHARD/{SHARDS}\""
        ),
        append_env=True,
        retries=2,  # a shard that was done is not done twice
    ).expand(env=[{"SHARD": str(i)} for i in range(SHARDS)])
    commit = BashOperator(
        task_id="commit",
        bash_command="leapscore commit '/srv/prices/shards/ds={{ ds }}' --run-id '{{ run_id }}' --log-format json",
        retries=2,
    )
    score >> commit
