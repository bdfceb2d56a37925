// Package airflow runs the DAGs of the documentation in real Airflow, the
// newest 3 and 2.10: success, skip, an empty night, drift, a cleared task, and
// killed tasks with their retries. It installs two large environments, so that
// only `make test-airflow` runs it (build tag airflow).
package airflow
