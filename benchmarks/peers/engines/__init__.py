"""The software that peers.py measures, one module each. Every engine is made once from a config, warms itself up, and then
runs the same job as often as it is told: read the table, score, write id and prediction as snappy Parquet."""
