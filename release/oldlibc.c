// Lets a compiler of today link a program that starts on old systems. The
// static libstdc++ was compiled against a newer C library than the one in
// the sysroot, and asks for two of its symbols. Four functions of libm got a
// new version in glibc 2.29, which computes the same and sets errno
// differently; the versions before that are asked for by name.
//
// All definitions are hidden: an exported exp would be found by the dynamic
// linker as the old one, and call itself for ever.
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

#pragma GCC visibility push(hidden)

// Zero means that there may be more threads than one.
char __libc_single_threaded = 0;

uint32_t arc4random(void) {
  uint32_t n;
  if (getrandom(&n, sizeof n, 0) != sizeof n) abort();
  return n;
}

#if defined(__x86_64__)
#define FIRST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST "GLIBC_2.17"
#endif

#define OLD(name, parameters, arguments)                                      \
  __attribute__((visibility("default"))) double old_##name parameters;        \
  __asm__(".symver old_" #name "," #name "@" FIRST);                          \
  double name parameters { return old_##name arguments; }

OLD(exp, (double x), (x))
OLD(log, (double x), (x))
OLD(log2, (double x), (x))
OLD(pow, (double x, double y), (x, y))
