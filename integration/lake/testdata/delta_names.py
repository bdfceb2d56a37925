"""delta_names.py TABLE ADDRESS: the sorted values of the column "name", read by deltalake from a folder or a store."""
import os
import sys
from urllib.parse import quote

from deltalake import DeltaTable

import values

where, address = sys.argv[1], sys.argv[2]
scheme, _, rest = where.partition("://")
options = {
    "s3": {"AWS_ENDPOINT_URL": f"http://{address}", "AWS_REGION": "us-east-1", "AWS_ALLOW_HTTP": "true"},
    "az": {"azure_storage_endpoint": f"http://{address}/devstoreaccount1", "azure_allow_http": "true",
           "account_name": os.environ.get("AZURE_STORAGE_ACCOUNT", ""), "access_key": os.environ.get("AZURE_STORAGE_KEY", "")},
}.get(scheme)
if options:
    where = scheme + "://" + quote(rest)  # deltalake takes URLs, which are escaped
values.tell(sorted(DeltaTable(where, storage_options=options).to_pyarrow_table()["name"].to_pylist()))
