// Callbacks of table.go that Go exports, and numbers of Go handles kept where DuckDB
// keeps pointers.
#pragma once
#include "duckdb.h"

// leap_table_create makes the table function, whose callbacks are in Go. The
// handle goes with every call.
duckdb_table_function leap_table_create(const char *name, uintptr_t handle);

uintptr_t leap_bind_owner(duckdb_bind_info info);
uintptr_t leap_init_owner(duckdb_init_info info);
void leap_bind_keep(duckdb_bind_info info, uintptr_t handle);
void leap_init_keep(duckdb_init_info info, uintptr_t handle);
uintptr_t leap_init_bound(duckdb_init_info info);
uintptr_t leap_call_global(duckdb_function_info info);
uintptr_t leap_call_local(duckdb_function_info info);
