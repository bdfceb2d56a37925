// Texts as DuckDB has them, and words that many of them are.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// A text of DuckDB: up to 12 bytes stand in it, zeros behind them; of a longer one the
// first four, and where it is.
typedef struct {
  uint32_t n;
  char prefix[4];
  union {
    char rest[8];
    const char *at;
  };
} leap_text;

static inline bool leap_is_long(const leap_text *t) { return t->n > 12; }

static inline const char *leap_text_bytes(const leap_text *t) { return leap_is_long(t) ? t->at : (const char *)t + 4; }

static inline bool leap_is_valid(const uint64_t *mask, uint64_t i) { return !mask || (mask[i >> 6] >> (i & 63) & 1); }

enum { leap_most_words = 1024, leap_word_slots = 4 * leap_most_words };

// Words are found by the 16 bytes of the text, of long ones by all of them.
typedef struct {
  uint32_t count;
  leap_text list[leap_most_words];
  uint16_t slots[leap_word_slots]; // the number of a word and one, 0 for none
} leap_words;

static inline void leap_words_clear(leap_words *w) {
  w->count = 0;
  memset(w->slots, 0, sizeof w->slots);
}

static inline uint64_t leap_eight(const void *p) {
  uint64_t x;
  memcpy(&x, p, sizeof x);
  return x;
}

// leap_words_code returns the number of a word, which is added if it is new, or -1 if
// there are too many.
static inline int32_t leap_words_code(leap_words *w, const leap_text *t) {
  uint64_t head = leap_eight(t), tail = leap_is_long(t) ? leap_eight(t->at + t->n - 8) : leap_eight(t->rest);
  uint32_t slot = ((head ^ tail * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u) >> 52;
  for (; w->slots[slot]; slot = (slot + 1) % leap_word_slots) {
    const leap_text *known = &w->list[w->slots[slot] - 1];
    if (leap_eight(known) != head) continue;
    if (leap_is_long(t) ? known->at == t->at || !memcmp(known->at, t->at, t->n) : leap_eight(known->rest) == tail)
      return w->slots[slot] - 1;
  }
  if (w->count == leap_most_words) return -1;
  w->list[w->count++] = *t;
  w->slots[slot] = w->count;
  return w->count - 1;
}
