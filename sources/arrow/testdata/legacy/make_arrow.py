"""Makes the Arrow files of this folder. Needs pyarrow; run it in this folder."""
import decimal, pyarrow as pa, pyarrow.ipc as ipc, uuid
long = 'a text that does not fit into its view'
ids = pa.array([uuid.UUID(int=i).bytes for i in (1, 2, 3)], pa.uuid())
forms = pa.table({
    'text': pa.array(['short', None, long], pa.string_view()),
    'bytes': pa.array([b'short', None, long.encode()], pa.binary_view()),
    'lists': pa.array([['a', long], None, ['b', None]], pa.list_(pa.string_view())),
    'numbers': pa.array([7, None, 7]).dictionary_encode(),
    'doubles': pa.array([0.5, 0.25, None]).dictionary_encode(),
    'days': pa.array([1, None, -1], pa.date32()).dictionary_encode(),
    'views': pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int32()), pa.array([long, 'b'], pa.string_view())),
    'inside': pa.StructArray.from_arrays([pa.array(['x', 'y', 'x']).dictionary_encode()], ['d']),
    'id': ids, 'date64': pa.array([0, None, -86400000], pa.date64()),
})
def write(name, t):
    with ipc.new_file(name + '.arrow', t.schema) as w: w.write_table(t)
    with ipc.new_stream(name + '.arrows', t.schema) as w: w.write_table(t)
write('forms', forms)
write('date64_part', pa.table({'d': pa.Array.from_buffers(pa.date64(), 2, [None, pa.array([86400000, 1]).buffers()[1]])}))
write('decimal32', pa.table({'d': pa.array([decimal.Decimal('0.5')], pa.decimal32(5, 1))}))
# Arrow 0.17 noted its compression beside the message.
batch = pa.record_batch({'a': [1, 2, 3]})
with ipc.new_file('arrow_0_17.arrow', batch.schema) as w: w.write_batch(batch, {'ARROW:experimental_compression': 'lz4'})
with ipc.new_stream('arrow_0_17.arrows', batch.schema) as w: w.write_batch(batch, {'ARROW:experimental_compression': 'lz4'})
