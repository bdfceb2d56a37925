# Writes the Arrow IPC files of compressed, dictionary and legacy kinds.
# python make_arrow.py, with PyArrow 26.
import pyarrow as pa, pyarrow.feather as feather, pyarrow.ipc as ipc

def batch(k, n=40):
    rows = range(k * n, k * n + n)
    return pa.record_batch({
        "id": pa.array([None if i % 7 == 3 else i for i in rows], pa.int32()),
        "x": pa.array([None if i % 5 == 1 else i / 3 for i in rows], pa.float64()),
        "ok": pa.array([i % 2 == 0 for i in rows]),
        "name": pa.array([None if i % 6 == 2 else f"name {i}" for i in rows]),
        "big": pa.array([f"text {i}" for i in rows], pa.large_string()),
        "state": pa.array([None if i % 9 == 4 else f"S{i % (3 + k)}" for i in rows]).dictionary_encode(),
        "v": pa.array([None if i % 8 == 5 else [i, i + 0.5][: i % 3] for i in rows], pa.list_(pa.float64())),
        "fixed": pa.array([[i, -i] for i in rows], pa.list_(pa.float32(), 2)),
        "by": pa.array([[("k", i)] for i in rows], pa.map_(pa.string(), pa.int64())),
        "st": pa.array([{"a": i, "b": str(i)} for i in rows]),
    })

batches = [batch(k) for k in range(3)]
table = pa.Table.from_batches(batches).unify_dictionaries()
for c in ("lz4", "zstd", "uncompressed"):
    feather.write_feather(table, f"arrow_{c}.feather", compression=c, chunksize=50)
opt = ipc.IpcWriteOptions(compression="zstd", emit_dictionary_deltas=True)
with ipc.new_stream("arrow_deltas.arrows", batches[0].schema, options=opt) as w:
    for b in batches: w.write_batch(b)
with ipc.new_stream("arrow_replaced.arrows", batches[0].schema) as w:
    for b in reversed(batches): w.write_batch(b)
old = ipc.IpcWriteOptions(use_legacy_format=True, metadata_version=ipc.MetadataVersion.V4)
with ipc.new_stream("arrow_legacy.arrows", batches[0].schema, options=old) as w:
    for b in batches: w.write_batch(b)
