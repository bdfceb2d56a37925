"""iceberg_read.py path METADATA.json | s3 METADATA.json ENDPOINT | sql CATALOG.db NAMESPACE.NAME: what pyiceberg sees of a table, a snapshot after the other."""
import sys

from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import StaticTable

import values

if sys.argv[1] == "path":
    t = StaticTable.from_metadata(sys.argv[2])
elif sys.argv[1] == "s3":
    t = StaticTable.from_metadata(sys.argv[2], {"s3.endpoint": sys.argv[3], "s3.region": "us-east-1", "s3.access-key-id": "test", "s3.secret-access-key": "testsecret"})
else:
    t = SqlCatalog("default", uri=f"sqlite:///{sys.argv[2]}").load_table(sys.argv[3])
shown = ("leapscore.run-id", "leapscore.model.name", "leapscore.model.sha256", "leapscore.rows-in", "added-records", "total-records")
files = t.inspect.files().to_pylist()
values.tell({
    "snapshots": [{"rows": values.rows(t.scan(snapshot_id=s.snapshot_id).to_arrow()), "operation": s.summary.operation.value,
                   **{k: v for k, v in s.summary.additional_properties.items() if k in shown}} for s in t.snapshots()],
    "types": {f.name: str(f.field_type) for f in t.schema().fields},
    "filtered": [values.plain(r["id"]) for r in t.scan(row_filter="f64 > 1000").to_arrow().to_pylist()] if "f64" in t.schema().column_names else None,
    "skipped": len(list(t.scan(row_filter="id > 1000000").plan_files())),
    "bounds": [{k: {n: values.plain(b) for n, b in v.items() if n in ("lower_bound", "upper_bound", "null_value_count", "value_count")}
                for k, v in f["readable_metrics"].items()} for f in files],
})
