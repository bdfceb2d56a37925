"""Scores the listings of a day, and makes a report of the run.

    luigi --module prices Report --day 2026-11-26 --local-scheduler
"""

import os
import subprocess
from pathlib import Path

import luigi
from leapscore import binary
from leapscore.luigi import LeapscoreTask

HOME = Path(os.environ.get("PRICES_HOME", "/srv/prices"))  # where prices.yaml is


class Prices(LeapscoreTask):
    day = luigi.DateParameter()
    retry_count = 2
    cwd = HOME
    arguments = {
        "job": "prices.yaml",
        "output": "predictions",
        "param": {"day": "{day}"},
        "partition": {"ds": "{day}"},
    }


class Report(luigi.Task):
    day = luigi.DateParameter()

    def requires(self):
        return Prices(self.day)

    def output(self):
        return luigi.LocalTarget(HOME / "reports" / f"{self.day}.html")

    def run(self):
        self.output().makedirs()
        subprocess.run([binary.find(), "report", "predictions", "--run", self.input().run_id, "-o", self.output().path], cwd=HOME, check=True)
