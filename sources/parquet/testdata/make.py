"""Makes the Parquet files of this folder, except spark_*, and all Arrow files.

Each .arrow file holds what PyArrow reads from the .parquet file of its name.
The spark_* files were written by Spark 4 (parquet-mr 1.16). Needs pyarrow and
duckdb; run it in this folder.
"""
import glob, pyarrow as pa, pyarrow.parquet as pq, duckdb, random, decimal
random.seed(7)
def maybe(f,p=0.15): return None if random.random()<p else f()
D=decimal.Decimal
words=['alpha','beta','','gamma ray','d\u00e9j\u00e0','\u6f22\u5b57','z'*70]
def table(n):
    c={}
    c['b']=pa.array([maybe(lambda:random.random()<.5) for _ in range(n)],pa.bool_())
    for t,lo,hi in [('int8',-128,127),('int16',-2**15,2**15-1),('int32',-2**31,2**31-1),('int64',-2**63,2**63-1),('uint8',0,255),('uint16',0,65535),('uint32',0,2**32-1),('uint64',0,2**64-1)]:
        c[t]=pa.array([maybe(lambda:random.choice([lo,hi,0,random.randint(lo,hi)])) for _ in range(n)],getattr(pa,t)())
    c['req']=pa.array(range(n),pa.int64())
    c['f32']=pa.array([maybe(lambda:random.choice([0.0,-0.0,float('nan'),float('inf'),random.gauss(0,1e10)])) for _ in range(n)],pa.float32())
    c['f64']=pa.array([maybe(lambda:random.choice([0.0,-0.0,float('nan'),float('-inf'),random.gauss(0,1e100)])) for _ in range(n)],pa.float64())
    c['f16']=pa.array([maybe(lambda:random.gauss(0,10)) for _ in range(n)],pa.float64()).cast(pa.float16(),safe=False)
    c['d9']=pa.array([maybe(lambda:D(random.randint(-10**9+1,10**9-1))/100) for _ in range(n)],pa.decimal128(9,2))
    c['d18']=pa.array([maybe(lambda:D(random.randint(-10**18+1,10**18-1)).scaleb(-4)) for _ in range(n)],pa.decimal128(18,4))
    c['d38']=pa.array([maybe(lambda:D(random.randint(-10**30,10**30)).scaleb(-8)) for _ in range(n)],pa.decimal128(38,8))
    c['s']=pa.array([maybe(lambda:random.choice(words)) for _ in range(n)],pa.string())
    c['u']=pa.array([maybe(lambda:'id-%d'%random.randint(0,10**12)) for _ in range(n)],pa.string())
    c['bin']=pa.array([maybe(lambda:random.randbytes(random.randint(0,9))) for _ in range(n)],pa.binary())
    c['fsb']=pa.array([maybe(lambda:random.randbytes(5)) for _ in range(n)],pa.binary(5))
    c['date']=pa.array([maybe(lambda:random.randint(-100000,100000)) for _ in range(n)],pa.int32()).cast(pa.date32())
    for u in ['s','ms','us','ns']:
        c['ts_'+u]=pa.array([maybe(lambda:random.randint(-10**9,10**9)) for _ in range(n)],pa.int64()).cast(pa.timestamp(u))
    c['tsz']=pa.array([maybe(lambda:random.randint(-10**15,10**15)) for _ in range(n)],pa.int64()).cast(pa.timestamp('us','UTC'))
    c['t_ms']=pa.array([maybe(lambda:random.randint(0,86399999)) for _ in range(n)],pa.int32()).cast(pa.time32('ms'))
    c['t_us']=pa.array([maybe(lambda:random.randint(0,86399999999)) for _ in range(n)],pa.int64()).cast(pa.time64('us'))
    c['t_ns']=pa.array([maybe(lambda:random.randint(0,86399999999999)) for _ in range(n)],pa.int64()).cast(pa.time64('ns'))
    c['nul']=pa.nulls(n)
    c['ld']=pa.array([maybe(lambda:[maybe(lambda:random.random()) for _ in range(random.randint(0,4))]) for _ in range(n)],pa.list_(pa.float64()))
    c['ls']=pa.array([maybe(lambda:[maybe(lambda:random.choice(words)) for _ in range(random.randint(0,3))]) for _ in range(n)],pa.list_(pa.string()))
    c['m']=pa.array([maybe(lambda:[(k,maybe(lambda:random.random())) for k in random.sample(words,random.randint(0,3))]) for _ in range(n)],pa.map_(pa.string(),pa.float64()))
    c['st']=pa.array([maybe(lambda:{'x':maybe(lambda:random.random()),'y':maybe(lambda:random.choice(words))}) for _ in range(n)],pa.struct([('x',pa.float64()),('y',pa.string())]))
    c['lst']=pa.array([maybe(lambda:[maybe(lambda:{'x':maybe(lambda:random.randint(0,9)),'v':maybe(lambda:[random.random() for _ in range(random.randint(0,2))])}) for _ in range(random.randint(0,3))]) for _ in range(n)],pa.list_(pa.struct([('x',pa.int32()),('v',pa.list_(pa.float64()))])))
    return pa.table(c)
t=table(110)
kw=dict(store_schema=False)
pq.write_table(t,'pyarrow_snappy.parquet',row_group_size=77,compression='snappy',data_page_size=256,write_batch_size=16,**kw)
flat=t.select([n for n in t.column_names if n not in('lst','st','m')])
pq.write_table(flat,'pyarrow_v2_zstd.parquet',compression='zstd',data_page_version='2.0',use_dictionary=False,data_page_size=512,write_batch_size=16,write_page_checksum=True,version='2.6',**kw)
enc={'int32':'DELTA_BINARY_PACKED','int64':'DELTA_BINARY_PACKED','req':'DELTA_BINARY_PACKED','u':'DELTA_BYTE_ARRAY','s':'DELTA_LENGTH_BYTE_ARRAY','fsb':'DELTA_BYTE_ARRAY','f32':'BYTE_STREAM_SPLIT','f64':'BYTE_STREAM_SPLIT','ld.list.element':'BYTE_STREAM_SPLIT','b':'RLE','uint64':'DELTA_BINARY_PACKED','ts_us':'DELTA_BINARY_PACKED','d18':'BYTE_STREAM_SPLIT','uint8':'DELTA_BINARY_PACKED','bin':'DELTA_LENGTH_BYTE_ARRAY','ls.list.element':'DELTA_BYTE_ARRAY'}
sel=t.select(sorted(set(k.split('.')[0] for k in enc)))
pq.write_table(sel,'pyarrow_encodings.parquet',compression='none',use_dictionary=False,column_encoding=enc,data_page_size=400,write_batch_size=16,**kw)
# dictionary that falls back to plain in the middle of a chunk
fb=pa.table({'s':pa.array([maybe(lambda:'value %d'%(i%50 if i<1500 else i)) for i in range(4000)]),'d':pa.array([float(i%7) if i<2000 else i*1.5 for i in range(4000)])})
pq.write_table(fb,'pyarrow_fallback.parquet',compression='zstd',dictionary_pagesize_limit=2000,data_page_size=1000,write_batch_size=100,**kw)
for codec in ['gzip','brotli','lz4']:
    pq.write_table(t.select(['req','f64','s','ld']),f'pyarrow_{codec}.parquet',compression=codec,**kw)
pq.write_table(pa.table({'ts':t['ts_us'],'req':t['req']}),'pyarrow_int96.parquet',use_deprecated_int96_timestamps=True,compression='snappy',**kw)
pq.write_table(t.select(['req','s']).slice(0,0),'pyarrow_no_rows.parquet',**kw)
con=duckdb.connect()
con.execute("SELECT setseed(0.3)")
con.execute("""COPY (SELECT i AS id, 'host-'||(i%40)::VARCHAR AS host, (['NY','CA','WA'])[1+(hash(i,1)%3)::INT] AS state,
 CASE WHEN hash(i,2)%10=0 THEN NULL ELSE (i%100)/8 END::DOUBLE AS price, (hash(i,4)%100)::TINYINT AS t, (i%600*100)::USMALLINT AS us,
 (i%90)::DECIMAL(12,3) AS d, (hash(i,7)%2=0) AS ok, DATE '2020-01-01' + (i%30)::INT AS day, TIMESTAMP '2020-01-01' + to_seconds((i%60)::INT) AS at,
 [i%5, NULL, 2.5]::DOUBLE[] AS v, MAP {'a': (i%7)::DOUBLE} AS m, {'x': (i%50)::INT, 'y': 'k'||(i%3)} AS st, CASE WHEN i%50=0 THEN uuid() END AS u, (i%9)::HUGEINT AS h
 FROM range(2060) t(i)) TO 'duckdb.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION zstd)""")
con.execute("COPY (SELECT i AS id, i/2 AS x FROM range(100) t(i)) TO 'duckdb_v2.parquet' (FORMAT parquet, PARQUET_VERSION v2)") 
# pages without a dictionary, one per row group
con.execute("""COPY (SELECT i AS id, CASE WHEN i%3=0 THEN NULL ELSE sqrt(i%300) END AS x, (i*7919%2000)::FLOAT AS f
 FROM range(4000) t(i)) TO 'duckdb_wide.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1)""")
for f in sorted(glob.glob('*.parquet')):
    t=pq.ParquetFile(f,coerce_int96_timestamp_unit='us',arrow_extensions_enabled=False).read()
    t=t.replace_schema_metadata(None).combine_chunks()
    with pa.OSFile(f[:-8]+'.arrow','wb') as o, pa.ipc.new_file(o,t.schema,options=pa.ipc.IpcWriteOptions(compression='zstd')) as w: w.write_table(t)
