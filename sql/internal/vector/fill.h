// Loops over texts that fill.go needs in C.
#pragma once
#include "duckdb.h"

// leap_fill_text writes n texts, text i being the bytes from offsets[i] to
// offsets[i+1], into vector from row at on. Bit i + shift of valid, if there is
// a mask, says whether text i is there.
void leap_fill_text(duckdb_vector vector, idx_t at, idx_t n, const char *data, const int32_t *offsets,
                    const uint8_t *valid, idx_t shift);

// leap_fill_words is leap_fill_text of words[codes[i]].
void leap_fill_words(duckdb_vector vector, idx_t at, idx_t n, const char *data, const int32_t *offsets, idx_t words,
                     const int32_t *codes, const uint8_t *valid, idx_t shift);
