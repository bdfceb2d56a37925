// Parcels: the rows of a chunk, taken out of DuckDB by the thread that made them.
#pragma once
#include "duckdb.h"

typedef leap_handle duckdb_connection, duckdb_function_info;

// A part is a column of a parcel. Places are bytes from where the parcel's begin.
typedef struct {
  uint64_t valid;   // the null mask, in words of 64 bits
  uint64_t values;  // as DuckDB lays them out; of text, offsets of 32 bits, or codes if there are words
  uint64_t text;    // the bytes that offsets count
  uint64_t words;   // offsets of the words that codes mean
  uint32_t nulls;   // 0 if there is no mask
  int32_t count;    // of the words, -1 if there are none and the text stands as it is
} leap_part;

typedef struct leap_parcel {
  struct leap_parcel *next, **at; // of the list it is in
  uint32_t columns, rows, fetched, released;
  uint64_t used, room;
  char *bytes;
  leap_part parts[];
} leap_parcel;

// A range is rows of a parcel that follow each other in the result.
typedef struct {
  leap_parcel *parcel;
  uint32_t from, rows;
} leap_range;

typedef struct leap_collector leap_collector;

// leap_collector_register makes a function of any arguments known under a name: for
// each row it gives a number that leap_ranges understands. NULL if that is refused.
leap_collector *leap_collector_register(duckdb_connection con, const char *name);
// leap_collector_open starts to take rows. A width is the bytes of a value, 0 of text.
bool leap_collector_open(leap_collector *c, const uint32_t *widths, uint32_t columns);
// leap_collector_close frees what was not fetched; rows that still come are refused.
void leap_collector_close(leap_collector *c);
// leap_collector_free follows the end of the connection.
void leap_collector_free(leap_collector *c);
// leap_ranges returns the rows that a chunk has the numbers of, which the next call
// overwrites.
const leap_range *leap_ranges(leap_collector *c, duckdb_data_chunk numbers, uint32_t *count);
// leap_release gives rows of a parcel back.
void leap_release(leap_collector *c, leap_parcel *p, uint32_t rows);
