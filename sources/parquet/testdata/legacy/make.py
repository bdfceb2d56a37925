"""Makes the Parquet files of this folder: what old writers wrote, and what no reader
should take for good. Needs pyarrow; run it in this folder.

PyArrow does not write these any more, so that its files are taken apart and put
together again: a Thrift struct is a dict from field to (type, value).
"""
import base64, datetime, io, random, struct, uuid
import numpy as np, pyarrow as pa, pyarrow.parquet as pq, pyarrow.parquet.encryption as pe

class Thrift:
    def __init__(self, b, at=0): self.b, self.at = b, at
    def byte(self): self.at += 1; return self.b[self.at - 1]
    def number(self):
        n = shift = 0
        while True:
            c = self.byte(); n |= (c & 127) << shift; shift += 7
            if c < 128: return n
    def zigzag(self): n = self.number(); return n >> 1 ^ -(n & 1)
    def value(self, t):
        if t in (1, 2): return t == 1
        if t == 3: return self.byte()
        if t in (4, 5, 6): return self.zigzag()
        if t == 7: self.at += 8; return self.b[self.at - 8:self.at]
        if t == 8: n = self.number(); self.at += n; return self.b[self.at - n:self.at]
        if t == 9:
            h = self.byte(); n, e = h >> 4, h & 15
            if n == 15: n = self.number()
            return e, [self.byte() if e in (1, 2) else self.value(e) for _ in range(n)]
        if t == 12:
            d = {}; at = 0
            while h := self.byte():
                at = at + (h >> 4) if h >> 4 else self.zigzag()
                d[at] = h & 15, self.value(h & 15)
            return d
        raise ValueError(t)

def number(n):
    out = b''
    while n > 127: out += bytes([n & 127 | 128]); n >>= 7
    return out + bytes([n])

def encode(t, v):
    if t in (1, 2): return b''
    if t == 3: return bytes([v])
    if t in (4, 5, 6): return number((v << 1 ^ v >> 63) & 2**64 - 1)
    if t == 7: return v
    if t == 8: return number(len(v)) + v
    if t == 9:
        e, items = v
        head = bytes([len(items) << 4 | e]) if len(items) < 15 else bytes([0xf0 | e]) + number(len(items))
        return head + b''.join(bytes([i]) if e in (1, 2) else encode(e, i) for i in items)
    out, at = b'', 0
    for k in sorted(v):
        kind, x = v[k]
        if kind in (1, 2): kind = 1 if x else 2
        out += bytes([k - at << 4 | kind]) + encode(kind, x); at = k
    return out + b'\0'

class File:
    """A file of one row group, whose chunks lie one behind the other."""
    def __init__(self, table, **kw):
        out = io.BytesIO()
        kw = dict(compression='none', use_dictionary=False, store_schema=False, write_statistics=False) | kw
        pq.write_table(table, out, **kw); self.b = out.getvalue()
        n = struct.unpack('<I', self.b[-8:-4])[0]
        self.footer = Thrift(self.b, len(self.b) - 8 - n).value(12); self.b = self.b[:-8 - n]
    def group(self): return self.footer[4][1][1][0]
    def chunk(self, i=0): return self.group()[1][1][1][i]
    def meta(self, i=0): return self.chunk(i)[3][1]
    def element(self, i): return self.footer[2][1][1][i]
    def writer(self, name): self.footer[6] = 8, name.encode(); return self
    def page(self):
        """The header and the body of the first data page of the first chunk."""
        t = Thrift(self.b, self.meta()[9][1]); h = t.value(12)
        return h, self.b[t.at:t.at + h[3][1]]
    def replace(self, header, body, codec=0):
        """Makes that page the only one of the file."""
        page = encode(12, header) + body
        self.b = b'PAR1' + page
        m = self.meta(); m[9] = 6, 4; m.pop(11, None); m[7] = 6, len(page); m[6] = 6, len(page); m[4] = 5, codec
        return self
    def save(self, name):
        f = encode(12, self.footer)
        open(name + '.parquet', 'wb').write(self.b + f + struct.pack('<I', len(f)) + b'PAR1')

# Pages of version 2 before Arrow 3: compressed, and the header denies it.
random.seed(5)
noise = pa.table({'a': [random.random() for _ in range(300)]})
for values, name in ((noise, 'noise'), (pa.table({'a': [1.0] * 300}), 'same')):
    for writer, suffix in (('parquet-cpp version 1.5.1-SNAPSHOT', ''), ('parquet-cpp-arrow version 3.0.0', '_denied')):
        f = File(values, data_page_version='2.0')
        h, body = f.page(); levels = h[8][1][5][1]
        h[8][1][7] = 2, False
        packed = pa.compress(body[levels:], 'snappy', asbytes=True)
        h[3] = 5, levels + len(packed)
        f.replace(h, body[:levels] + packed, codec=1).writer(writer).save('v2_' + name + suffix)

# parquet-mr before 1.2.9 left the header of the dictionary page out of the size of the chunk.
for writer, name in (('parquet-mr version 1.2.5-cdh4.5.0', 'dictionary_old'), ('parquet-mr', 'dictionary_nameless'), ('parquet-mr version 1.2.9 (build x)', 'dictionary_new')):
    f = File(pa.table({'s': ['a', 'b', 'a', None, 'b'] * 9}), use_dictionary=True)
    t = Thrift(f.b, f.meta()[11][1]); at = t.at; t.value(12)
    f.meta()[7] = 6, f.meta()[7][1] - (t.at - at)
    f.writer(writer).save(name)

# Key-value pairs need no value.
f = File(pa.table({'a': [1, 2, 3]}))
f.footer[5] = 9, (12, [{1: (8, b'key')}, {1: (8, b'other'), 2: (8, b'value')}])
f.meta()[8] = 9, (12, [{1: (8, b'key')}])
f.save('key_without_value')

# Levels in BIT_PACKED: the order of the format, and that of Impala.
def bits(levels, high):
    out = bytearray((len(levels) + 7) // 8)
    for i, l in enumerate(levels): out[i // 8] |= l << (7 - i % 8 if high else i % 8)
    return bytes(out)
for name, writer, levels, high in (
    ('packed_impala', 'impala version 1.0', [1, 1, 0, 1, 1, 1, 1, 0, 0, 1], False),
    ('packed_unknown', 'parquet-mr version 1.0.0', [1, 1, 0, 1, 1, 1, 1, 0, 0, 1], True),
    ('packed_no_nulls', 'parquet-mr version 1.0.0', [1] * 16, True)):
    f = File(pa.table({'a': pa.array([i if l else None for i, l in enumerate(levels)], pa.int32())}), data_page_version='1.0')
    h, body = f.page()
    body = bits(levels, high) + body[4 + struct.unpack('<I', body[:4])[0]:]
    h[5][1][3] = 5, 4; h[2] = h[3] = 5, len(body)
    f.replace(h, body).writer(writer).save(name)

# A row that begins in the middle, and a chunk of nested values with a row too many.
def lists(reps, rows):
    f = File(pa.table({'l': [[1, 2], [3], [4]]}, schema=pa.schema([pa.field('l', pa.list_(pa.field('element', pa.int64(), False)), False)])))
    h, body = f.page()
    run = b'\x03' + bits(reps, False)
    defs = body[4 + struct.unpack('<I', body[:4])[0]:]
    body = struct.pack('<I', len(run)) + run + defs
    h[2] = h[3] = 5, len(body)
    f.replace(h, body); f.footer[3] = f.group()[3] = 6, rows
    return f
lists([0, 1, 0, 0], 3).save('lists')
lists([1, 0, 0, 0], 3).save('lists_begin_inside')
lists([0, 1, 0, 0], 2).save('lists_row_too_many')
lists([0, 1, 0, 1], 3).save('lists_row_too_few')

# Columns in the clear beside an encrypted one.
class Kms(pe.KmsClient):
    def __init__(self, config): super().__init__()
    def wrap_key(self, key, master): return base64.b64encode(key)
    def unwrap_key(self, key, master): return base64.b64decode(key)
table = pa.table({'clear': [1, 2, 3], 'hidden': [4.5, 5.5, 6.5], 'st': [{'x': 1, 'y': 2}] * 3})
config = pe.EncryptionConfiguration('f', column_keys={'h': ['hidden', 'st.y']}, plaintext_footer=True)
props = pe.CryptoFactory(Kms).file_encryption_properties(pe.KmsConnectionConfig(), config)
with pq.ParquetWriter('encrypted_columns.parquet', table.schema, encryption_properties=props) as w: w.write_table(table)

# Types.
def write(name, table, **kw): pq.write_table(table, name + '.parquet', compression='none', **kw)
ns = pa.timestamp('ns')
old = dict(use_deprecated_int96_timestamps=True, store_schema=False)
write('int96_nanos', pa.table({'t': pa.array([1, 999, 1500, None, -1], ns)}), **old)
write('int96_micros', pa.table({'t': pa.array([1000, 999000, -1000, None, 10**18], ns)}), **old)
def int96(name, *values):
    """Values are days since 1970 and nanoseconds of the day."""
    f = File(pa.table({'t': pa.array([0] * len(values), ns)}), use_deprecated_int96_timestamps=True)
    h, body = f.page()
    body = body[:-12 * len(values)] + b''.join(struct.pack('<qi', n, d + 2440588) for d, n in values)
    f.replace(h, body).save(name)
int96('int96_years', (2932896, 86399999999000), (-719162, 0))           # of 9999 and 1
int96('int96_mixed', (0, 1), (2932896, 0))                              # no 64 bits hold both
int96('int96_edges', (106751, 85636854775807), (-106752, 763145224192)) # the last and the first nanosecond
int96('int96_past_edge', (0, 1), (106751, 85636854775808))
ids = pa.array([uuid.UUID(int=i).bytes if i else None for i in (1, 2, 0, 2**127)], pa.uuid())
halves = pa.array(np.array([1.5, 2**-24, -0.0, 65504], np.float16))
spans = pa.array([1, None, -3, 4], pa.duration('ms'))
write('types', pa.table({
    'id': ids, 'half': halves, 'span': spans,
    'st': pa.StructArray.from_arrays([ids, halves, spans], ['id', 'half', 'span']),
    'l': pa.ListArray.from_arrays([0, 1, 2, 3, 4], ids),
    'm': pa.MapArray.from_arrays([0, 1, 2, 3, 4], pa.array(list('abcd')), ids),
    't_utc': pa.array([1, None, 3, 4], pa.timestamp('ns', 'UTC')), 't': pa.array([1, None, 3, 4], ns), 'time': pa.array([1, None, 3, 4], pa.time64('ns')),
}))
# UUIDs and their kind as PyArrow before 21 wrote them: in the Arrow schema alone.
f = File(pa.table({'id': ids}), store_schema=True); f.element(1).pop(10); f.save('uuid_of_arrow')

# Logical types on physical types that cannot have them: converted type, logical type.
for name, column, converted, logical in (
    ('string_on_int', pa.array([1, 2], pa.int32()), 0, 1), ('date_on_long', pa.array([1, 2]), 6, 6),
    ('time_on_float', pa.array([1.5, 2.5]), 9, None), ('uint64_on_int', pa.array([1, 2], pa.int32()), 14, None)):
    f = File(pa.table({'bad': column, 'good': column})); e = f.element(1); e.pop(10, None)
    e[6] = 5, converted
    if logical: e[10] = 12, {logical: (12, {})}
    f.save(name)
