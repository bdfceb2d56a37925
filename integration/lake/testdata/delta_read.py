"""delta_read.py TABLE [VERSION]: rows, schema, history and statistics as deltalake sees them."""
import sys

from deltalake import DeltaTable

import delta_stats
import values

t = DeltaTable(sys.argv[1], version=int(sys.argv[2]) if len(sys.argv) > 2 else None)
values.tell({
    "version": t.version(),
    "rows": values.rows(t.to_pyarrow_table()),
    "types": {f.name: str(f.type) for f in t.schema().fields},
    "partitions": t.metadata().partition_columns,
    "protocol": [t.protocol().min_reader_version, t.protocol().min_writer_version],
    "history": [{k: v for k, v in h.items() if k in ("operation", "leapscore.run_id", "leapscore.model.name", "version")}
                for h in t.history()],
    "stats": delta_stats.stats(sys.argv[1]),
})
