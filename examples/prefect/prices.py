"""Scores the listings of a day: `python prices.py 2026-11-26`, or `prices.serve("prices", cron="0 3 * * *")`."""

import os
import sys
from datetime import date

import prefect
from leapscore.prefect import score


@prefect.flow
def prices(day: str | None = None) -> int:
    day = day or date.today().isoformat()
    summary = score.with_options(retries=2, retry_delay_seconds=300)(
        job="prices.yaml",
        param={"day": day},
        partition={"ds": day},
        cwd=os.environ.get("PRICES_HOME", "/srv/prices"),  # where prices.yaml is
    )
    return summary["rows_out"]


if __name__ == "__main__":
    print(prices(*sys.argv[1:]))
