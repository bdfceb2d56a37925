"""delta_vacuum.py TABLE: the files that VACUUM removes."""
import sys

from deltalake import DeltaTable

import values

values.tell(sorted(DeltaTable(sys.argv[1]).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)))
