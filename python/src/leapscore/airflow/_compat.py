"""The names of Airflow that are in other places in Airflow 3 than in 2.10."""

# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportAssignmentType=false, reportAttributeAccessIssue=false, reportPrivateImportUsage=false
from __future__ import annotations

try:  # Airflow 3
    from airflow.sdk import Asset, AssetAlias, BaseHook, BaseOperator
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.datasets import DatasetAlias as AssetAlias
    from airflow.hooks.base import BaseHook
    from airflow.models.baseoperator import BaseOperator
try:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
except ImportError:  # before 3.2
    from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
try:
    from airflow.sdk.log import mask_secret
except ImportError:
    try:  # 3.0
        from airflow.sdk.execution_time.secrets_masker import mask_secret
    except ImportError:
        from airflow.utils.log.secrets_masker import mask_secret

__all__ = ["AirflowException", "AirflowFailException", "AirflowSkipException", "Asset", "AssetAlias", "BaseHook", "BaseOperator", "mask_secret"]
