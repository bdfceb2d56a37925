SELECT * FROM 'listings/**/*.parquet' -- of the DAG {{ dag.dag_id }}
WHERE ds = CAST($day AS DATE){% if params.get("state") %} AND state = '{{ params.state }}'{% endif %}
