// What table.go and fill.go need in C: callbacks that Go exports, numbers of Go
// handles kept where DuckDB keeps pointers, and loops over strings.
#pragma once
#include "duckdb_api.h"

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

// leap_fill_text writes n texts, text i being the bytes from offsets[i] to
// offsets[i+1], into vector from row at on. Bit i + shift of valid, if there is
// a mask, says whether text i is there.
void leap_fill_text(duckdb_vector vector, idx_t at, idx_t n, const char *data, const int32_t *offsets,
                    const uint8_t *valid, idx_t shift);

// leap_fill_words is leap_fill_text of words[codes[i]].
void leap_fill_words(duckdb_vector vector, idx_t at, idx_t n, const char *data, const int32_t *offsets,
                     const int32_t *codes, const uint8_t *valid, idx_t shift);
