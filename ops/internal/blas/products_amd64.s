//go:build !purego

#include "textflag.h"

// One macro text serves both sizes of registers: size is that of a vector in bytes.
// R8 to R11 and AX, BX, R12, R13 are where the rows begin in what DX points to, SI the
// weights, DI the sums.

// Where a row begins, in bytes.
#define PLACE(rows, at, row) \
	MOVQ at(rows), row \
	SHLQ $3, row

// One row times three vectors of weights.
#define ROW3(at, x, b, w0, w1, w2, s0, s1, s2) \
	VBROADCASTSD at(x)(DX*1), b \
	VFMADD231PD  w0, b, s0      \
	VFMADD231PD  w1, b, s1      \
	VFMADD231PD  w2, b, s2

// One input of four rows.
#define WIDESTEP(at, i, size, b, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	VMOVUPD (3*i*size)(SI), w0   \
	VMOVUPD (3*i*size+size)(SI), w1 \
	VMOVUPD (3*i*size+2*size)(SI), w2 \
	ROW3(at, R8, b, w0, w1, w2, s0, s1, s2)   \
	ROW3(at, R9, b, w0, w1, w2, s3, s4, s5)   \
	ROW3(at, R10, b, w0, w1, w2, s6, s7, s8)  \
	ROW3(at, R11, b, w0, w1, w2, s9, s10, s11)

// The squared difference of one row and three vectors of weights.
#define APART3(at, x, i, size, b, w0, w1, w2, s0, s1, s2) \
	VBROADCASTSD at(x)(DX*1), b           \
	VSUBPD  (3*i*size)(SI), b, w0         \
	VSUBPD  (3*i*size+size)(SI), b, w1    \
	VSUBPD  (3*i*size+2*size)(SI), b, w2  \
	VMULPD  w0, w0, w0                    \
	VMULPD  w1, w1, w1                    \
	VMULPD  w2, w2, w2                    \
	VADDPD  w0, s0, s0                    \
	VADDPD  w1, s1, s1                    \
	VADDPD  w2, s2, s2

// WIDESTEP of squared differences.
#define WIDEAPART(at, i, size, b, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	APART3(at, R8, i, size, b, w0, w1, w2, s0, s1, s2)   \
	APART3(at, R9, i, size, b, w0, w1, w2, s3, s4, s5)   \
	APART3(at, R10, i, size, b, w0, w1, w2, s6, s7, s8)  \
	APART3(at, R11, i, size, b, w0, w1, w2, s9, s10, s11)

// Four inputs are added in the order a, b, c, d, those that are left in their own.
#define WIDE(step, a, b, c, d, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	MOVQ base+0(FP), SI   \
	MOVQ rows+8(FP), AX   \
	MOVQ from+16(FP), DX  \
	MOVQ n+24(FP), CX     \
	MOVQ sums+40(FP), DI  \
	PLACE(AX, 0, R8)      \
	PLACE(AX, 8, R9)      \
	PLACE(AX, 16, R10)    \
	PLACE(AX, 24, R11)    \
	LEAQ (SI)(DX*8), DX   \
	MOVQ w+32(FP), SI     \
	VMOVUPD 0(DI), s0     \
	VMOVUPD size(DI), s1  \
	VMOVUPD (2*size)(DI), s2   \
	VMOVUPD (3*size)(DI), s3   \
	VMOVUPD (4*size)(DI), s4   \
	VMOVUPD (5*size)(DI), s5   \
	VMOVUPD (6*size)(DI), s6   \
	VMOVUPD (7*size)(DI), s7   \
	VMOVUPD (8*size)(DI), s8   \
	VMOVUPD (9*size)(DI), s9   \
	VMOVUPD (10*size)(DI), s10 \
	VMOVUPD (11*size)(DI), s11 \
	SUBQ $4, CX           \
	JL   rest             \
fours:                    \
	step(8*a, a, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	step(8*b, b, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	step(8*c, c, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	step(8*d, d, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	ADDQ $(12*size), SI   \
	ADDQ $32, DX          \
	SUBQ $4, CX           \
	JGE  fours            \
rest:                     \
	ADDQ $4, CX           \
	JZ   done             \
one:                      \
	step(0, 0, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	ADDQ $(3*size), SI    \
	ADDQ $8, DX           \
	DECQ CX               \
	JNZ  one              \
done:                     \
	VMOVUPD s0, 0(DI)     \
	VMOVUPD s1, size(DI)  \
	VMOVUPD s2, (2*size)(DI)   \
	VMOVUPD s3, (3*size)(DI)   \
	VMOVUPD s4, (4*size)(DI)   \
	VMOVUPD s5, (5*size)(DI)   \
	VMOVUPD s6, (6*size)(DI)   \
	VMOVUPD s7, (7*size)(DI)   \
	VMOVUPD s8, (8*size)(DI)   \
	VMOVUPD s9, (9*size)(DI)   \
	VMOVUPD s10, (10*size)(DI) \
	VMOVUPD s11, (11*size)(DI) \
	VZEROUPPER

// One row times one vector of weights.
#define ROW1(at, x, b, w, s) \
	VBROADCASTSD at(x)(DX*1), b \
	VFMADD231PD  w, b, s

// One input of eight rows. Two registers take turns for the rows.
#define NARROWSTEP(at, i, size, x, y, w, s0, s1, s2, s3, s4, s5, s6, s7) \
	VMOVUPD (i*size)(SI), w   \
	ROW1(at, R8, x, w, s0)    \
	ROW1(at, R9, y, w, s1)    \
	ROW1(at, R10, x, w, s2)   \
	ROW1(at, R11, y, w, s3)   \
	ROW1(at, AX, x, w, s4)    \
	ROW1(at, BX, y, w, s5)    \
	ROW1(at, R12, x, w, s6)   \
	ROW1(at, R13, y, w, s7)

// The squared difference of one row and one vector of weights.
#define APART1(at, x, i, size, b, s) \
	VBROADCASTSD at(x)(DX*1), b  \
	VSUBPD  (i*size)(SI), b, b   \
	VMULPD  b, b, b              \
	VADDPD  b, s, s

// NARROWSTEP of squared differences.
#define NARROWAPART(at, i, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	APART1(at, R8, i, size, x, s0)   \
	APART1(at, R9, i, size, y, s1)   \
	APART1(at, R10, i, size, w0, s2) \
	APART1(at, R11, i, size, x, s3)  \
	APART1(at, AX, i, size, y, s4)   \
	APART1(at, BX, i, size, w0, s5)  \
	APART1(at, R12, i, size, x, s6)  \
	APART1(at, R13, i, size, y, s7)

#define NARROW(step, a, b, c, d, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	MOVQ base+0(FP), SI   \
	MOVQ rows+8(FP), DI   \
	MOVQ from+16(FP), DX  \
	MOVQ n+24(FP), CX     \
	PLACE(DI, 0, R8)      \
	PLACE(DI, 8, R9)      \
	PLACE(DI, 16, R10)    \
	PLACE(DI, 24, R11)    \
	PLACE(DI, 32, AX)     \
	PLACE(DI, 40, BX)     \
	PLACE(DI, 48, R12)    \
	PLACE(DI, 56, R13)    \
	LEAQ (SI)(DX*8), DX   \
	MOVQ w+32(FP), SI     \
	MOVQ sums+40(FP), DI  \
	VMOVUPD 0(DI), s0     \
	VMOVUPD size(DI), s1  \
	VMOVUPD (2*size)(DI), s2 \
	VMOVUPD (3*size)(DI), s3 \
	VMOVUPD (4*size)(DI), s4 \
	VMOVUPD (5*size)(DI), s5 \
	VMOVUPD (6*size)(DI), s6 \
	VMOVUPD (7*size)(DI), s7 \
	SUBQ $4, CX           \
	JL   rest             \
fours:                    \
	step(8*a, a, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	step(8*b, b, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	step(8*c, c, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	step(8*d, d, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	ADDQ $(4*size), SI    \
	ADDQ $32, DX          \
	SUBQ $4, CX           \
	JGE  fours            \
rest:                     \
	ADDQ $4, CX           \
	JZ   done             \
one:                      \
	step(0, 0, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	ADDQ $size, SI        \
	ADDQ $8, DX           \
	DECQ CX               \
	JNZ  one              \
done:                     \
	VMOVUPD s0, 0(DI)     \
	VMOVUPD s1, size(DI)  \
	VMOVUPD s2, (2*size)(DI) \
	VMOVUPD s3, (3*size)(DI) \
	VMOVUPD s4, (4*size)(DI) \
	VMOVUPD s5, (5*size)(DI) \
	VMOVUPD s6, (6*size)(DI) \
	VMOVUPD s7, (7*size)(DI) \
	VZEROUPPER

// The two sizes, and the registers that each takes.
#define WIDE256(step, a, b, c, d) WIDE(step, a, b, c, d, 32, Y15, Y12, Y13, Y14, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11)
#define WIDE512(step, a, b, c, d) WIDE(step, a, b, c, d, 64, Z15, Z12, Z13, Z14, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11)
#define NARROW256(step, a, b, c, d) NARROW(step, a, b, c, d, 32, Y14, Y15, Y13, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
#define NARROW512(step, a, b, c, d) NARROW(step, a, b, c, d, 64, Z14, Z15, Z13, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)

// func wideUp256(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·wideUp256(SB), NOSPLIT, $0-48
	WIDE256(WIDESTEP, 0, 1, 2, 3)
	RET

// func wideFours256(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·wideFours256(SB), NOSPLIT, $0-48
	WIDE256(WIDESTEP, 3, 2, 1, 0)
	RET

// func narrowUp256(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·narrowUp256(SB), NOSPLIT, $0-48
	NARROW256(NARROWSTEP, 0, 1, 2, 3)
	RET

// func narrowFours256(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·narrowFours256(SB), NOSPLIT, $0-48
	NARROW256(NARROWSTEP, 3, 2, 1, 0)
	RET

// func wideUp512(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·wideUp512(SB), NOSPLIT, $0-48
	WIDE512(WIDESTEP, 0, 1, 2, 3)
	RET

// func wideFours512(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·wideFours512(SB), NOSPLIT, $0-48
	WIDE512(WIDESTEP, 3, 2, 1, 0)
	RET

// func narrowUp512(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·narrowUp512(SB), NOSPLIT, $0-48
	NARROW512(NARROWSTEP, 0, 1, 2, 3)
	RET

// func narrowFours512(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·narrowFours512(SB), NOSPLIT, $0-48
	NARROW512(NARROWSTEP, 3, 2, 1, 0)
	RET

// func wideApart256(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·wideApart256(SB), NOSPLIT, $0-48
	WIDE256(WIDEAPART, 0, 1, 2, 3)
	RET

// func narrowApart256(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·narrowApart256(SB), NOSPLIT, $0-48
	NARROW256(NARROWAPART, 0, 1, 2, 3)
	RET

// func wideApart512(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·wideApart512(SB), NOSPLIT, $0-48
	WIDE512(WIDEAPART, 0, 1, 2, 3)
	RET

// func narrowApart512(base *float64, rows *int, from, n int, w, sums *float64)
TEXT ·narrowApart512(SB), NOSPLIT, $0-48
	NARROW512(NARROWAPART, 0, 1, 2, 3)
	RET
