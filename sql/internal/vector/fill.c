//go:build !nosql

#include "fill.h"
#include <string.h>

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

// Words of a dictionary of up to this many are made once for each chunk.
enum { few_words = 2048, not_made = UINT32_MAX };

void leap_fill_words(duckdb_vector vector, idx_t at, idx_t n, const char *data, const int32_t *offsets, idx_t words,
                     const int32_t *codes, const uint8_t *valid, idx_t shift) {
  text *out = duckdb_vector_get_data(vector), made[few_words];
  bool few = words <= few_words && words <= n;
  for (idx_t w = 0; few && w < words; w++) made[w].n = not_made;
  for (idx_t i = 0; i < n; i++) {
    if (!there(valid, shift + i)) continue;
    int32_t w = codes[i];
    if (few && made[w].n != not_made) {
      out[at + i] = made[w];
      continue;
    }
    put(vector, out, at + i, data + offsets[w], offsets[w + 1] - offsets[w]);
    if (few) made[w] = out[at + i];
  }
}
