//go:build !purego

#include "textflag.h"

// One macro text serves both sizes of registers: size is that of a vector in bytes.
// R8 to R11 and AX, BX, R12, R13 are the rows, DX the place in them, SI the weights,
// DI the sums.

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

// Four inputs are added in the order a, b, c, d, those that are left in their own.
#define WIDE(a, b, c, d, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	MOVQ rows+0(FP), AX   \
	MOVQ from+8(FP), DX   \
	MOVQ n+16(FP), CX     \
	MOVQ w+24(FP), SI     \
	MOVQ sums+32(FP), DI  \
	MOVQ 0(AX), R8        \
	MOVQ 8(AX), R9        \
	MOVQ 16(AX), R10      \
	MOVQ 24(AX), R11      \
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
	WIDESTEP(8*a, a, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	WIDESTEP(8*b, b, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	WIDESTEP(8*c, c, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	WIDESTEP(8*d, d, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
	ADDQ $(12*size), SI   \
	ADDQ $32, DX          \
	SUBQ $4, CX           \
	JGE  fours            \
rest:                     \
	ADDQ $4, CX           \
	JZ   done             \
one:                      \
	WIDESTEP(0, 0, size, x, w0, w1, w2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11) \
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

#define NARROW(a, b, c, d, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	MOVQ rows+0(FP), SI   \
	MOVQ from+8(FP), DX   \
	MOVQ n+16(FP), CX     \
	MOVQ 0(SI), R8        \
	MOVQ 8(SI), R9        \
	MOVQ 16(SI), R10      \
	MOVQ 24(SI), R11      \
	MOVQ 32(SI), AX       \
	MOVQ 40(SI), BX       \
	MOVQ 48(SI), R12      \
	MOVQ 56(SI), R13      \
	MOVQ w+24(FP), SI     \
	MOVQ sums+32(FP), DI  \
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
	NARROWSTEP(8*a, a, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	NARROWSTEP(8*b, b, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	NARROWSTEP(8*c, c, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	NARROWSTEP(8*d, d, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
	ADDQ $(4*size), SI    \
	ADDQ $32, DX          \
	SUBQ $4, CX           \
	JGE  fours            \
rest:                     \
	ADDQ $4, CX           \
	JZ   done             \
one:                      \
	NARROWSTEP(0, 0, size, x, y, w0, s0, s1, s2, s3, s4, s5, s6, s7) \
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

// func wideUp256(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)
TEXT ·wideUp256(SB), NOSPLIT, $0-40
	WIDE(0, 1, 2, 3, 32, Y15, Y12, Y13, Y14, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11)
	RET

// func wideFours256(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)
TEXT ·wideFours256(SB), NOSPLIT, $0-40
	WIDE(3, 2, 1, 0, 32, Y15, Y12, Y13, Y14, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11)
	RET

// func narrowUp256(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)
TEXT ·narrowUp256(SB), NOSPLIT, $0-40
	NARROW(0, 1, 2, 3, 32, Y14, Y15, Y13, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	RET

// func narrowFours256(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)
TEXT ·narrowFours256(SB), NOSPLIT, $0-40
	NARROW(3, 2, 1, 0, 32, Y14, Y15, Y13, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	RET

// func wideUp512(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)
TEXT ·wideUp512(SB), NOSPLIT, $0-40
	WIDE(0, 1, 2, 3, 64, Z15, Z12, Z13, Z14, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11)
	RET

// func wideFours512(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)
TEXT ·wideFours512(SB), NOSPLIT, $0-40
	WIDE(3, 2, 1, 0, 64, Z15, Z12, Z13, Z14, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11)
	RET

// func narrowUp512(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)
TEXT ·narrowUp512(SB), NOSPLIT, $0-40
	NARROW(0, 1, 2, 3, 64, Z14, Z15, Z13, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	RET

// func narrowFours512(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)
TEXT ·narrowFours512(SB), NOSPLIT, $0-40
	NARROW(3, 2, 1, 0, 64, Z14, Z15, Z13, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	RET
