// The part of DuckDB's C API that package sql uses, declared from its public
// documentation so that no copy of the header has to be kept. The library
// itself comes with the Go bindings.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

typedef uint64_t idx_t;
typedef struct leap_handle { void *internal; } *leap_handle;
typedef leap_handle duckdb_database, duckdb_connection, duckdb_prepared_statement, duckdb_pending_result,
    duckdb_data_chunk, duckdb_vector, duckdb_logical_type, duckdb_config, duckdb_value, duckdb_extracted_statements;

typedef struct {
  idx_t deprecated_column_count, deprecated_row_count, deprecated_rows_changed;
  void *deprecated_columns;
  char *deprecated_error_message;
  void *internal_data;
} duckdb_result;

int duckdb_create_config(duckdb_config *out);
int duckdb_set_config(duckdb_config config, const char *name, const char *option);
void duckdb_destroy_config(duckdb_config *config);
const char *duckdb_library_version(void);
int duckdb_open_ext(const char *path, duckdb_database *out, duckdb_config config, char **error);
void duckdb_close(duckdb_database *db);
int duckdb_connect(duckdb_database db, duckdb_connection *out);
void duckdb_disconnect(duckdb_connection *con);
void duckdb_interrupt(duckdb_connection con);
void duckdb_free(void *ptr);

idx_t duckdb_extract_statements(duckdb_connection con, const char *query, duckdb_extracted_statements *out);
const char *duckdb_extract_statements_error(duckdb_extracted_statements statements);
void duckdb_destroy_extracted(duckdb_extracted_statements *statements);
int duckdb_prepare(duckdb_connection con, const char *query, duckdb_prepared_statement *out);
const char *duckdb_prepare_error(duckdb_prepared_statement stmt);
void duckdb_destroy_prepare(duckdb_prepared_statement *stmt);
idx_t duckdb_prepared_statement_column_count(duckdb_prepared_statement stmt);
const char *duckdb_prepared_statement_column_name(duckdb_prepared_statement stmt, idx_t col);
duckdb_logical_type duckdb_prepared_statement_column_logical_type(duckdb_prepared_statement stmt, idx_t col);
idx_t duckdb_nparams(duckdb_prepared_statement stmt);
const char *duckdb_parameter_name(duckdb_prepared_statement stmt, idx_t index);
int duckdb_param_type(duckdb_prepared_statement stmt, idx_t index);
int duckdb_bind_boolean(duckdb_prepared_statement stmt, idx_t index, bool val);
int duckdb_bind_int64(duckdb_prepared_statement stmt, idx_t index, int64_t val);
int duckdb_bind_double(duckdb_prepared_statement stmt, idx_t index, double val);
int duckdb_bind_varchar_length(duckdb_prepared_statement stmt, idx_t index, const char *val, idx_t length);
int duckdb_bind_date(duckdb_prepared_statement stmt, idx_t index, int32_t days);
int duckdb_bind_timestamp(duckdb_prepared_statement stmt, idx_t index, int64_t micros);
int duckdb_pending_prepared_streaming(duckdb_prepared_statement stmt, duckdb_pending_result *out);
const char *duckdb_pending_error(duckdb_pending_result pending);
int duckdb_execute_pending(duckdb_pending_result pending, duckdb_result *out);
int duckdb_execute_prepared(duckdb_prepared_statement stmt, duckdb_result *out);
void duckdb_destroy_pending(duckdb_pending_result *pending);
idx_t duckdb_column_count(duckdb_result *result);
const char *duckdb_column_name(duckdb_result *result, idx_t col);
duckdb_logical_type duckdb_column_logical_type(duckdb_result *result, idx_t col);
const char *duckdb_result_error(duckdb_result *result);
void duckdb_destroy_result(duckdb_result *result);
duckdb_data_chunk duckdb_fetch_chunk(duckdb_result result);
void duckdb_destroy_data_chunk(duckdb_data_chunk *chunk);

idx_t duckdb_data_chunk_get_size(duckdb_data_chunk chunk);
duckdb_vector duckdb_data_chunk_get_vector(duckdb_data_chunk chunk, idx_t col);

int duckdb_get_type_id(duckdb_logical_type type);
void duckdb_destroy_logical_type(duckdb_logical_type *type);

// Making vectors and types, for table functions.
typedef leap_handle duckdb_table_function, duckdb_bind_info, duckdb_init_info, duckdb_function_info;
void duckdb_vector_reference_value(duckdb_vector vector, duckdb_value value);
void duckdb_data_chunk_set_size(duckdb_data_chunk chunk, idx_t size);
duckdb_value duckdb_create_varchar_length(const char *text, idx_t length);
duckdb_value duckdb_create_null_value(void);
int64_t duckdb_get_int64(duckdb_value value);
void duckdb_destroy_value(duckdb_value *value);
duckdb_logical_type duckdb_create_logical_type(int type);

duckdb_table_function duckdb_create_table_function(void);
void duckdb_destroy_table_function(duckdb_table_function *function);
void duckdb_table_function_set_name(duckdb_table_function function, const char *name);
void duckdb_table_function_add_parameter(duckdb_table_function function, duckdb_logical_type type);
void duckdb_table_function_set_extra_info(duckdb_table_function function, void *info, void (*destroy)(void *));
void duckdb_table_function_set_bind(duckdb_table_function function, void (*bind)(duckdb_bind_info));
void duckdb_table_function_set_init(duckdb_table_function function, void (*init)(duckdb_init_info));
void duckdb_table_function_set_local_init(duckdb_table_function function, void (*init)(duckdb_init_info));
void duckdb_table_function_set_function(duckdb_table_function function, void (*call)(duckdb_function_info, duckdb_data_chunk));
void duckdb_table_function_supports_projection_pushdown(duckdb_table_function function, bool pushdown);
int duckdb_register_table_function(duckdb_connection con, duckdb_table_function function);
void *duckdb_bind_get_extra_info(duckdb_bind_info info);
duckdb_value duckdb_bind_get_parameter(duckdb_bind_info info, idx_t index);
void duckdb_bind_add_result_column(duckdb_bind_info info, const char *name, duckdb_logical_type type);
void duckdb_bind_set_cardinality(duckdb_bind_info info, idx_t rows, bool exact);
void duckdb_bind_set_bind_data(duckdb_bind_info info, void *data, void (*destroy)(void *));
void duckdb_bind_set_error(duckdb_bind_info info, const char *message);
void *duckdb_init_get_bind_data(duckdb_init_info info);
void *duckdb_init_get_extra_info(duckdb_init_info info);
void duckdb_init_set_init_data(duckdb_init_info info, void *data, void (*destroy)(void *));
idx_t duckdb_init_get_column_count(duckdb_init_info info);
idx_t duckdb_init_get_column_index(duckdb_init_info info, idx_t at);
void duckdb_init_set_max_threads(duckdb_init_info info, idx_t threads);
void duckdb_init_set_error(duckdb_init_info info, const char *message);
void *duckdb_function_get_init_data(duckdb_function_info info);
void *duckdb_function_get_local_init_data(duckdb_function_info info);
void duckdb_function_set_error(duckdb_function_info info, const char *message);
