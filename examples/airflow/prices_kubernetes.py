"""The job of prices.py, in a pod of its own."""

from datetime import datetime

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

try:  # Airflow 3
    from airflow.sdk import DAG
except ImportError:  # Airflow 2.10
    from airflow import DAG

with DAG("prices_kubernetes", schedule="0 3 * * *", start_date=datetime(2026, 11, 26), catchup=False, max_active_runs=1) as dag:
    KubernetesPodOperator(
        task_id="score",
        name="prices",
        image="registry.example.com/leapscore:1.0.0",
        cmds=["leapscore"],
        arguments=[
            "score", "--job", "/srv/prices/prices.yaml", "--param", "day={{ ds }}", "--partition", "ds={{ ds }}",
            "--run-id", "{{ run_id }}", "--rerun", "--log-format", "json",
        ],
        container_resources=k8s.V1ResourceRequirements(
            requests={"cpu": "2", "memory": "3Gi"},
            limits={"memory": "3Gi"},
        ),
        env_vars={"LEAPSCORE_MEMORY": "2GiB", "LEAPSCORE_WORKERS": "2"},
        volumes=[k8s.V1Volume(name="prices", persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name="prices"))],
        volume_mounts=[k8s.V1VolumeMount(name="prices", mount_path="/srv/prices")],
        termination_grace_period=60,
        on_finish_action="delete_pod",
        retries=2,
        skip_on_exit_code=99,
    )
