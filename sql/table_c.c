//go:build !nosql

#include "table_c.h"
#include <string.h>

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

// A text of DuckDB: up to 12 bytes stand in it, zeros behind them.
typedef struct { uint32_t n; char bytes[12]; } text;

static void put(duckdb_vector vector, text *out, idx_t at, const char *p, uint32_t n) {
  if (n > sizeof out->bytes) {
    duckdb_vector_assign_string_element_len(vector, at, p, n);
    return;
  }
  text t = {n};
  memcpy(t.bytes, p, n);
  out[at] = t;
}

static bool there(const uint8_t *valid, idx_t i) { return !valid || (valid[i >> 3] >> (i & 7) & 1); }

void leap_fill_text(duckdb_vector vector, idx_t at, idx_t n, const char *data, const int32_t *offsets,
                    const uint8_t *valid, idx_t shift) {
  text *out = duckdb_vector_get_data(vector);
  for (idx_t i = 0; i < n; i++)
    if (there(valid, shift + i)) put(vector, out, at + i, data + offsets[i], offsets[i + 1] - offsets[i]);
}

void leap_fill_words(duckdb_vector vector, idx_t at, idx_t n, const char *data, const int32_t *offsets,
                     const int32_t *codes, const uint8_t *valid, idx_t shift) {
  text *out = duckdb_vector_get_data(vector);
  for (idx_t i = 0; i < n; i++)
    if (there(valid, shift + i)) {
      int32_t w = codes[i];
      put(vector, out, at + i, data + offsets[w], offsets[w + 1] - offsets[w]);
    }
}
