//go:build !nosql

#include "parcel.h"
#include "text.h"
#include <pthread.h>
#include <string.h>

typedef leap_handle duckdb_scalar_function;
duckdb_scalar_function duckdb_create_scalar_function(void);
void duckdb_destroy_scalar_function(duckdb_scalar_function *function);
void duckdb_scalar_function_set_name(duckdb_scalar_function function, const char *name);
void duckdb_scalar_function_set_varargs(duckdb_scalar_function function, duckdb_logical_type type);
void duckdb_scalar_function_set_special_handling(duckdb_scalar_function function);
void duckdb_scalar_function_set_volatile(duckdb_scalar_function function);
void duckdb_scalar_function_set_return_type(duckdb_scalar_function function, duckdb_logical_type type);
void duckdb_scalar_function_set_extra_info(duckdb_scalar_function function, void *info, void (*destroy)(void *));
void duckdb_scalar_function_set_function(duckdb_scalar_function function,
                                         void (*call)(duckdb_function_info, duckdb_data_chunk, duckdb_vector));
int duckdb_register_scalar_function(duckdb_connection con, duckdb_scalar_function function);
void *duckdb_scalar_function_get_extra_info(duckdb_function_info info);
void duckdb_scalar_function_set_error(duckdb_function_info info, const char *message);
idx_t duckdb_data_chunk_get_column_count(duckdb_data_chunk chunk);

// DuckDB's type numbers.
enum { type_bigint = 5, type_any = 34 };

enum {
  row_bits = 11,        // of a row's number; the others are the parcel's address
  chunk_rows = 1 << row_bits,
  spare_bytes = 16 << 20, // of parcels that are kept for the next rows
};

struct leap_collector {
  pthread_mutex_t lock;
  bool open;
  uint32_t columns;
  uint64_t spares; // bytes of the spare parcels
  uint32_t *widths;
  leap_parcel *live, *spare;
  leap_range ranges[chunk_rows]; // of the chunk that was looked at last
};

static void link_to(leap_parcel **list, leap_parcel *p) {
  p->next = *list;
  p->at = list;
  if (p->next) p->next->at = &p->next;
  *list = p;
}

static leap_parcel *unlink_from(leap_parcel *p) {
  *p->at = p->next;
  if (p->next) p->next->at = p->at;
  return p;
}

static void destroy(leap_parcel *p) {
  if (!p) return;
  free(p->bytes);
  free(p);
}

// take returns an empty parcel, NULL if there is no memory or nobody wants rows.
static leap_parcel *take(leap_collector *c) {
  pthread_mutex_lock(&c->lock);
  leap_parcel *p = c->spare;
  bool open = c->open;
  if (p && open) {
    unlink_from(p);
    c->spares -= p->room;
  }
  uint32_t columns = c->columns;
  pthread_mutex_unlock(&c->lock);
  if (!open) return NULL;
  if (!p) p = calloc(1, sizeof *p + columns * sizeof p->parts[0]);
  if (!p) return NULL;
  p->columns = columns;
  p->rows = p->fetched = p->released = p->used = 0;
  return p;
}

// give makes a filled parcel one that can be fetched, and returns false if it is too late.
static bool give(leap_collector *c, leap_parcel *p) {
  pthread_mutex_lock(&c->lock);
  bool open = c->open;
  if (open) link_to(&c->live, p);
  pthread_mutex_unlock(&c->lock);
  if (!open) destroy(p);
  return open;
}

// drop is called under the lock with a parcel that nobody needs any more.
static void drop(leap_collector *c, leap_parcel *p) {
  unlink_from(p);
  if (!c->open || p->columns != c->columns || c->spares + p->room > spare_bytes) {
    destroy(p);
    return;
  }
  link_to(&c->spare, p);
  c->spares += p->room;
}

// reserve returns the place of n bytes, 0 if there is no memory: no place is 0.
static uint64_t reserve(leap_parcel *p, uint64_t n) {
  uint64_t at = p->used ? p->used : 8, end = (at + n + 7) & ~(uint64_t)7;
  if (end > p->room) {
    uint64_t room = end + end / 4;
    char *bytes = realloc(p->bytes, room);
    if (!bytes) return 0;
    p->bytes = bytes;
    p->room = room;
  }
  p->used = end;
  return at;
}

// take_nulls copies a null mask if something is null.
static bool take_nulls(leap_parcel *p, leap_part *part, const uint64_t *mask) {
  uint32_t n = p->rows, valid = 0;
  part->nulls = 0;
  if (!mask) return true;
  for (uint32_t i = 0; i < n; i += 64) {
    uint64_t word = mask[i >> 6];
    if (n - i < 64) word &= ((uint64_t)1 << (n - i)) - 1;
    valid += __builtin_popcountll(word);
  }
  if (valid == n) return true;
  part->nulls = n - valid;
  part->valid = reserve(p, (n + 63) / 64 * 8);
  if (part->valid) memcpy(p->bytes + part->valid, mask, (n + 63) / 64 * 8);
  return part->valid;
}

// take_values copies values of a fixed width. Below nulls they are not defined.
static bool take_values(leap_parcel *p, leap_part *part, const char *values, uint32_t width) {
  part->count = -1;
  part->values = reserve(p, (uint64_t)p->rows * width);
  if (!part->values) return false;
  memcpy(p->bytes + part->values, values, (uint64_t)p->rows * width);
  return true;
}

// take_texts copies texts one after the other.
static bool take_texts(leap_parcel *p, leap_part *part, const leap_text *values, const uint64_t *mask) {
  uint32_t n = p->rows;
  uint64_t total = 0;
  for (uint32_t i = 0; i < n; i++)
    if (leap_is_valid(mask, i)) total += values[i].n;
  part->count = -1;
  if (total > INT32_MAX) return false;
  part->values = reserve(p, (n + 1) * sizeof(int32_t));
  part->text = reserve(p, total + sizeof values->rest + sizeof values->prefix); // a short text is copied with what is behind it
  if (!part->values || !part->text) return false;
  int32_t *offsets = (int32_t *)(p->bytes + part->values), end = 0;
  char *out = p->bytes + part->text;
  offsets[0] = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (leap_is_valid(mask, i)) {
      if (leap_is_long(&values[i])) memcpy(out + end, values[i].at, values[i].n);
      else memcpy(out + end, leap_text_bytes(&values[i]), 12);
      end += values[i].n;
    }
    offsets[i + 1] = end;
  }
  return true;
}

// take_words copies texts as codes of words, and returns 0 if there are too many words,
// -1 if there is no memory.
static int take_words(leap_parcel *p, leap_part *part, const leap_text *values, const uint64_t *mask) {
  leap_words words;
  leap_words_clear(&words);
  uint32_t n = p->rows;
  uint64_t before = p->used;
  part->values = reserve(p, n * sizeof(int32_t));
  if (!part->values) return -1;
  int32_t *codes = (int32_t *)(p->bytes + part->values);
  for (uint32_t i = 0; i < n; i++) {
    codes[i] = leap_is_valid(mask, i) ? leap_words_code(&words, &values[i]) : 0;
    if (codes[i] < 0 || (words.count > leap_most_words / 2 && 10 * words.count > 9 * (i + 1))) {
      p->used = before;
      return 0;
    }
  }
  uint64_t total = 0;
  for (uint32_t w = 0; w < words.count; w++) total += words.list[w].n;
  if (total > INT32_MAX) return -1;
  part->words = reserve(p, (words.count + 1) * sizeof(int32_t));
  part->text = reserve(p, total);
  if (!part->words || !part->text) return -1;
  int32_t *offsets = (int32_t *)(p->bytes + part->words), end = 0;
  offsets[0] = 0;
  for (uint32_t w = 0; w < words.count; w++) {
    memcpy(p->bytes + part->text + end, leap_text_bytes(&words.list[w]), words.list[w].n);
    offsets[w + 1] = end += words.list[w].n;
  }
  part->count = words.count;
  return 1;
}

static bool take_part(leap_parcel *p, leap_part *part, duckdb_vector v, uint32_t width) {
  const uint64_t *mask = duckdb_vector_get_validity(v);
  const void *values = duckdb_vector_get_data(v);
  if (!take_nulls(p, part, mask)) return false;
  if (width) return take_values(p, part, values, width);
  int done = take_words(p, part, values, mask);
  return done ? done > 0 : take_texts(p, part, values, mask);
}

static void collect(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector result) {
  leap_collector *c = duckdb_scalar_function_get_extra_info(info);
  idx_t n = duckdb_data_chunk_get_size(chunk);
  if (!n) return;
  leap_parcel *p = n <= chunk_rows && duckdb_data_chunk_get_column_count(chunk) == c->columns ? take(c) : NULL;
  if (!p) {
    duckdb_scalar_function_set_error(info, "no rows are collected");
    return;
  }
  p->rows = n;
  for (uint32_t i = 0; i < c->columns; i++)
    if (!take_part(p, &p->parts[i], duckdb_data_chunk_get_vector(chunk, i), c->widths[i])) {
      destroy(p);
      duckdb_scalar_function_set_error(info, "Out of Memory Error: a chunk of rows has no room, or more than 2 GB of text");
      return;
    }
  int64_t first = (int64_t)(uintptr_t)p << row_bits, *out = duckdb_vector_get_data(result);
  if (!give(c, p)) {
    duckdb_scalar_function_set_error(info, "rows are not wanted any more");
    return;
  }
  for (idx_t i = 0; i < n; i++) out[i] = first | (int64_t)i;
}

leap_collector *leap_collector_register(duckdb_connection con, const char *name) {
  leap_collector *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  pthread_mutex_init(&c->lock, NULL);
  duckdb_scalar_function f = duckdb_create_scalar_function();
  duckdb_logical_type any = duckdb_create_logical_type(type_any), number = duckdb_create_logical_type(type_bigint);
  duckdb_scalar_function_set_name(f, name);
  duckdb_scalar_function_set_varargs(f, any);
  duckdb_scalar_function_set_return_type(f, number);
  duckdb_scalar_function_set_special_handling(f); // nulls are values like others
  duckdb_scalar_function_set_volatile(f);         // no two rows are the same
  duckdb_scalar_function_set_extra_info(f, c, NULL);
  duckdb_scalar_function_set_function(f, collect);
  int refused = duckdb_register_scalar_function(con, f);
  duckdb_destroy_logical_type(&any);
  duckdb_destroy_logical_type(&number);
  duckdb_destroy_scalar_function(&f);
  if (!refused) return c;
  leap_collector_free(c);
  return NULL;
}

bool leap_collector_open(leap_collector *c, const uint32_t *widths, uint32_t columns) {
  uint32_t *copy = malloc((columns + 1) * sizeof *copy);
  if (!copy) return false;
  memcpy(copy, widths, columns * sizeof *copy);
  pthread_mutex_lock(&c->lock);
  free(c->widths);
  c->widths = copy;
  c->columns = columns;
  c->open = true;
  pthread_mutex_unlock(&c->lock);
  return true;
}

void leap_collector_close(leap_collector *c) {
  pthread_mutex_lock(&c->lock);
  c->open = false;
  for (leap_parcel *p = c->live, *next; p; p = next) {
    next = p->next;
    p->rows = p->fetched; // the others never come
    if (p->released == p->rows) drop(c, p);
  }
  while (c->spare) destroy(unlink_from(c->spare));
  c->spares = 0;
  pthread_mutex_unlock(&c->lock);
}

void leap_collector_free(leap_collector *c) {
  if (!c) return;
  leap_collector_close(c);
  while (c->live) destroy(unlink_from(c->live));
  pthread_mutex_destroy(&c->lock);
  free(c->widths);
  free(c);
}

const leap_range *leap_ranges(leap_collector *c, duckdb_data_chunk chunk, uint32_t *count) {
  idx_t n = duckdb_data_chunk_get_size(chunk);
  const int64_t *numbers = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
  leap_range *out = c->ranges;
  uint32_t k = 0;
  for (idx_t i = 0; i < n; i++) {
    if (k && numbers[i] == numbers[i - 1] + 1) {
      out[k - 1].rows++;
      continue;
    }
    uint64_t number = numbers[i];
    out[k++] = (leap_range){(leap_parcel *)(uintptr_t)(number >> row_bits), number & (chunk_rows - 1), 1};
  }
  pthread_mutex_lock(&c->lock);
  for (uint32_t i = 0; i < k; i++) out[i].parcel->fetched += out[i].rows;
  pthread_mutex_unlock(&c->lock);
  *count = k;
  return out;
}

void leap_release(leap_collector *c, leap_parcel *p, uint32_t rows) {
  pthread_mutex_lock(&c->lock);
  p->released += rows;
  if (p->released == p->rows) drop(c, p);
  pthread_mutex_unlock(&c->lock);
}
