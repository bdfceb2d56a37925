"""The listings of each day, scored.

    dagster asset materialize -f prices.py --select prices --partition 2026-11-26
"""

import os

import dagster
from leapscore.dagster import leapscore_asset

prices = leapscore_asset(
    name="prices",
    description="The price of each listing.",
    deps=["listings"],
    partitions_def=dagster.DailyPartitionsDefinition("2026-11-26", end_offset=1),
    retry_policy=dagster.RetryPolicy(max_retries=2, delay=300),
    pool="prices",  # with a limit of 1: two runs into one table do not wait for each other
    cwd=os.environ.get("PRICES_HOME", "/srv/prices"),  # where prices.yaml is
    job="prices.yaml",
    param={"day": "{partition_key}"},
    partition={"ds": "{partition_key}"},
)

nightly = dagster.ScheduleDefinition(
    job=dagster.define_asset_job("nightly", selection=[prices]),
    cron_schedule="0 3 * * *",
)

defs = dagster.Definitions(assets=[prices], schedules=[nightly])
