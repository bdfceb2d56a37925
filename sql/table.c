//go:build !nosql

#include "table.h"

extern void leapTableBind(duckdb_bind_info info);
extern void leapTableInit(duckdb_init_info info);
extern void leapTableLocal(duckdb_init_info info);
extern void leapTableCall(duckdb_function_info info, duckdb_data_chunk out);
extern void leapTableDrop(uintptr_t handle);

static void drop(void *p) { leapTableDrop((uintptr_t)p); }

duckdb_table_function leap_table_create(const char *name, uintptr_t handle) {
  duckdb_table_function f = duckdb_create_table_function();
  duckdb_logical_type number = duckdb_create_logical_type(5);
  duckdb_table_function_set_name(f, name);
  duckdb_table_function_add_parameter(f, number);
  duckdb_destroy_logical_type(&number);
  duckdb_table_function_set_extra_info(f, (void *)handle, 0);
  duckdb_table_function_set_bind(f, leapTableBind);
  duckdb_table_function_set_init(f, leapTableInit);
  duckdb_table_function_set_local_init(f, leapTableLocal);
  duckdb_table_function_set_function(f, leapTableCall);
  duckdb_table_function_supports_projection_pushdown(f, true);
  return f;
}

uintptr_t leap_bind_owner(duckdb_bind_info info) { return (uintptr_t)duckdb_bind_get_extra_info(info); }
uintptr_t leap_init_owner(duckdb_init_info info) { return (uintptr_t)duckdb_init_get_extra_info(info); }
void leap_bind_keep(duckdb_bind_info info, uintptr_t handle) { duckdb_bind_set_bind_data(info, (void *)handle, drop); }
void leap_init_keep(duckdb_init_info info, uintptr_t handle) { duckdb_init_set_init_data(info, (void *)handle, drop); }
uintptr_t leap_init_bound(duckdb_init_info info) { return (uintptr_t)duckdb_init_get_bind_data(info); }
uintptr_t leap_call_global(duckdb_function_info info) { return (uintptr_t)duckdb_function_get_init_data(info); }
uintptr_t leap_call_local(duckdb_function_info info) { return (uintptr_t)duckdb_function_get_local_init_data(info); }
