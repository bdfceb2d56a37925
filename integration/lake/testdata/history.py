"""Makes a Delta table with a history of one kind in a folder, and prints how many rows it has."""
import sys, json, os
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

kind, path = sys.argv[1:]
rows = lambda a, b: pa.table({"id": pa.array(range(a, b), pa.int64()), "x": pa.array([float(i) for i in range(a, b)])})
write_deltalake(path, rows(0, 10))
t = DeltaTable(path)
if kind == "overwrite":
    write_deltalake(path, rows(10, 20), mode="overwrite")
elif kind == "delete":
    t.delete("id < 5")
elif kind == "update":
    t.update(updates={"x": "x + 1"}, predicate="id < 3")
elif kind == "optimize":
    write_deltalake(path, rows(10, 20), mode="append")
    DeltaTable(path).optimize.compact()
elif kind == "restore":
    write_deltalake(path, rows(10, 20), mode="append")
    DeltaTable(path).restore(0)
elif kind == "checkpoint":
    t.delete("id < 5")
    DeltaTable(path).create_checkpoint()
print(json.dumps(DeltaTable(path).to_pyarrow_table().num_rows), flush=True)
os._exit(0)  # a busy machine's threads of Arrow and deltalake abort a process that ends in the usual way
