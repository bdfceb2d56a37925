"""leapscore inside Spark, on `DataFrame.mapInArrow`.

    import leapscore.spark

    scored = leapscore.spark.score(listings, "lr.zip", keep=["id"])

`leapscore-spark --job FILE`, or `run_job` in Python, is a whole job: a query of Spark SQL in, a table out.
"""

from leapscore.spark.direct import score_files
from leapscore.spark.job import run as run_job
from leapscore.spark.scoring import score, split

__all__ = ["run_job", "score", "score_files", "split"]
