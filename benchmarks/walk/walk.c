// A plain walk down complete trees, WIDTH rows side by side, to compare the kernels of
// ops/tree with: walk TREES DEPTH prints nanoseconds of processor time per row and tree,
// the least of some turns.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WIDTH 16
#define FEATURES 20
#define ROWS 16384
#define BLOCK 256
#define TURNS 5

typedef struct {
	double threshold;
	uint32_t feature, child; // the children are child and child+1
} node;

static uint64_t state = 88172645463325252u;

static double uniform(void) {
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) * 0x1p-53;
}

static double normal(void) {
	double sum = -6;
	for (int i = 0; i < 12; i++) sum += uniform();
	return sum;
}

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void add(const node *nodes, const double *leaves, int depth, const double *x, double *out) {
	for (int r = 0; r < BLOCK; r += WIDTH) {
		uint32_t at[WIDTH] = {0};
		for (int d = 0; d < depth; d++)
			for (int k = 0; k < WIDTH; k++) {
				const node *n = nodes + at[k];
				at[k] = n->child + !(x[(r + k) * FEATURES + n->feature] <= n->threshold);
			}
		for (int k = 0; k < WIDTH; k++) out[r + k] += leaves[at[k]];
	}
}

int main(int argc, char **argv) {
	if (argc != 3) return 2;
	size_t trees = (size_t)atoi(argv[1]);
	int depth = atoi(argv[2]);
	size_t inner = ((size_t)1 << depth) - 1, ends = inner + 1;
	node *nodes = malloc(sizeof(node) * inner * trees);
	double *leaves = malloc(8 * ends * trees), *x = malloc(8 * ROWS * FEATURES), *out = calloc(ROWS, 8);
	if (!nodes || !leaves || !x || !out) return 1;
	for (size_t i = 0; i < inner * trees; i++)
		nodes[i] = (node){normal(), (uint32_t)(uniform() * FEATURES), (uint32_t)(2 * (i % inner) + 1)};
	for (size_t i = 0; i < ends * trees; i++) leaves[i] = normal();
	for (size_t i = 0; i < ROWS * FEATURES; i++) x[i] = normal();
	double least = 0;
	for (int turn = 0; turn < TURNS; turn++) {
		double from = now();
		for (int b = 0; b < ROWS; b += BLOCK)
			for (size_t t = 0; t < trees; t++) add(nodes + t * inner, leaves + t * ends - inner, depth, x + b * FEATURES, out + b);
		double took = (now() - from) * 1e9 / ROWS / (double)trees;
		if (turn == 0 || took < least) least = took;
	}
	double sum = 0; // the compiler may not leave the walk out
	for (int i = 0; i < ROWS; i++) sum += out[i];
	printf("%.3f %g\n", least, sum);
	return 0;
}
