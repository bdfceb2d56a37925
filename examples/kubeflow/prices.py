"""A component that runs one job of leapscore, and a pipeline of it. `python prices.py` writes both as YAML."""

from kfp import compiler, dsl


@dsl.container_component
def score(job: str, day: str, run_id: str, record: dsl.Output[dsl.Artifact]):
    """Scores the rows of one day; the record of the run is an artifact."""
    return dsl.ContainerSpec(
        image="registry.example.com/leapscore:1.0.0",
        command=["leapscore", "score"],
        args=[
            "--job", job,
            "--param", f"day={day}",
            "--partition", f"ds={day}",
            "--run-id", run_id,
            "--record", record.path,
            "--log-format", "json",
        ],
    )


@dsl.pipeline(name="prices")
def prices(day: str, job: str = "/srv/prices/prices.yaml"):
    # A task that is tried again keeps the id of its pipeline, and does nothing twice.
    task = score(job=job, day=day, run_id=dsl.PIPELINE_JOB_ID_PLACEHOLDER)
    task.set_caching_options(False)  # the rows of a day change
    task.set_retry(num_retries=2, backoff_duration="5m")
    task.set_memory_limit("3G").set_env_variable("LEAPSCORE_MEMORY", "2GiB")


if __name__ == "__main__":
    compiler.Compiler().compile(score, "score.component.yaml")
    compiler.Compiler().compile(prices, "prices.pipeline.yaml")
