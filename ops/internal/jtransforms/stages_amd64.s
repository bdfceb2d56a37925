//go:build !purego

#include "textflag.h"

// A register holds two complex numbers. SWAP exchanges their parts; ODD has the sign bits
// of the imaginary ones. z0 to z3 at SI, R8, R9 and R10 are the same places of the four quarters.
DATA oddSigns<>+0(SB)/8, $0
DATA oddSigns<>+8(SB)/8, $0x8000000000000000
DATA oddSigns<>+16(SB)/8, $0
DATA oddSigns<>+24(SB)/8, $0x8000000000000000
GLOBL oddSigns<>(SB), RODATA|NOPTR, $32

#define ODD Y15
#define SWAP(x, y) VPERMILPD $5, x, y

// ADDI is r = x + i*y, and SUBI r = x - i*y; t is spoiled.
#define ADDI(x, y, r, t) \
	SWAP(y, t)         \
	VADDSUBPD t, x, r

#define SUBI(x, y, r, t) \
	SWAP(y, t)         \
	VXORPD ODD, t, t   \
	VADDPD t, x, r

// MUL is x = w*x for w in memory, every step rounded.
#define MUL(w, x, t, u) \
	VMOVUPD   w, t         \
	VPERMILPD $15, t, u    \
	VMOVDDUP  t, t         \
	VMULPD    x, t, t      \
	SWAP(x, x)             \
	VMULPD    x, u, u      \
	VADDSUBPD u, t, x

#define QUARTERS(z, q) \
	MOVQ z, SI           \
	MOVQ q, R8           \
	SHLQ $4, R8          \
	LEAQ (SI)(R8*2), R9  \
	LEAQ (R9)(R8*1), R10 \
	ADDQ SI, R8          \
	VMOVUPD oddSigns<>(SB), ODD

// AX is the place of two points in the quarters.

#define LOADPOINTS \
	VMOVUPD (SI)(AX*1), Y0 \
	VMOVUPD (R8)(AX*1), Y1 \
	VMOVUPD (R9)(AX*1), Y2 \
	VMOVUPD (R10)(AX*1), Y3

// HALVES makes x0 to x3 of plainPoint in Y4 to Y7.
#define HALVES \
	VADDPD Y2, Y0, Y4 \
	VSUBPD Y2, Y0, Y5 \
	VADDPD Y3, Y1, Y6 \
	VSUBPD Y3, Y1, Y7

// STOREPAIR stores x+y in the quarter at first and x-y in that at second.
#define STOREPAIR(x, y, sum, diff, first, second) \
	VADDPD  y, x, sum            \
	VSUBPD  y, x, diff           \
	VMOVUPD sum, (first)(AX*1)   \
	VMOVUPD diff, (second)(AX*1)

// STORETURNED stores Y2 and Y3 in the last quarters, turned.
#define STORETURNED \
	MUL((DX)(AX*1), Y2, Y10, Y11) \
	MUL((BX)(AX*1), Y3, Y12, Y13) \
	VMOVUPD Y2, (R9)(AX*1)        \
	VMOVUPD Y3, (R10)(AX*1)

// func splitPlain256(z *complex128, q, n int, w1, w3 *complex128)
TEXT ·splitPlain256(SB), NOSPLIT, $0-40
	QUARTERS(z+0(FP), q+8(FP))
	MOVQ n+16(FP), CX
	MOVQ w1+24(FP), DX
	MOVQ w3+32(FP), BX
	SHLQ $4, CX
	XORQ AX, AX

plain:
	LOADPOINTS
	HALVES
	STOREPAIR(Y4, Y6, Y0, Y1, SI, R8)
	ADDI(Y5, Y7, Y2, Y8)
	SUBI(Y5, Y7, Y3, Y9)
	STORETURNED
	ADDQ $32, AX
	CMPQ AX, CX
	JLT  plain
	VZEROUPPER
	RET

// func splitConjugate256(z *complex128, q, n int, w1, w3 *complex128)
TEXT ·splitConjugate256(SB), NOSPLIT, $0-40
	QUARTERS(z+0(FP), q+8(FP))
	MOVQ n+16(FP), CX
	MOVQ w1+24(FP), DX
	MOVQ w3+32(FP), BX
	SHLQ $4, CX
	XORQ AX, AX

conjugate:
	VXORPD  (SI)(AX*1), ODD, Y0
	VMOVUPD (R8)(AX*1), Y1
	VXORPD  (R9)(AX*1), ODD, Y2
	VMOVUPD (R10)(AX*1), Y3
	HALVES
	VXORPD  ODD, Y6, Y6
	STOREPAIR(Y4, Y6, Y0, Y1, SI, R8)
	SWAP(Y7, Y8)
	VADDPD  Y8, Y5, Y2
	VSUBPD  Y8, Y5, Y3
	STORETURNED
	ADDQ $32, AX
	CMPQ AX, CX
	JLT  conjugate
	VZEROUPPER
	RET

// func splitTurned256(z *complex128, q, n int, w *[4]*complex128)
TEXT ·splitTurned256(SB), NOSPLIT, $0-32
	QUARTERS(z+0(FP), q+8(FP))
	MOVQ n+16(FP), CX
	MOVQ w+24(FP), AX
	MOVQ 0(AX), DX
	MOVQ 8(AX), BX
	MOVQ 16(AX), R11
	MOVQ 24(AX), R12
	SHLQ $4, CX
	XORQ AX, AX

turned:
	LOADPOINTS
	ADDI(Y0, Y2, Y4, Y8)
	SUBI(Y0, Y2, Y5, Y9)
	ADDI(Y1, Y3, Y6, Y8)
	SUBI(Y1, Y3, Y7, Y9)
	MUL((DX)(AX*1), Y4, Y10, Y11)
	MUL((BX)(AX*1), Y6, Y12, Y13)
	STOREPAIR(Y4, Y6, Y0, Y1, SI, R8)
	MUL((R11)(AX*1), Y5, Y10, Y11)
	MUL((R12)(AX*1), Y7, Y12, Y13)
	STOREPAIR(Y5, Y7, Y2, Y3, R9, R10)
	ADDQ $32, AX
	CMPQ AX, CX
	JLT  turned
	VZEROUPPER
	RET

// func mulAll256(z, w *complex128, n int)
TEXT ·mulAll256(SB), NOSPLIT, $0-24
	MOVQ z+0(FP), SI
	MOVQ w+8(FP), DX
	MOVQ n+16(FP), CX
	SHLQ $4, CX
	XORQ AX, AX

product:
	VMOVUPD (SI)(AX*1), Y0
	MUL((DX)(AX*1), Y0, Y10, Y11)
	VMOVUPD Y0, (SI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, CX
	JLT  product
	VZEROUPPER
	RET

// func rotate256(sums, x, w *float64, size, half, lanes int)
//
// One group of four sums: Y0 the cosine sums and Y1 the sine ones, at DI and BX.
TEXT ·rotate256(SB), NOSPLIT, $0-48
	MOVQ sums+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ w+16(FP), DX
	MOVQ size+24(FP), R8
	MOVQ half+32(FP), CX
	MOVQ lanes+40(FP), R9
	SHLQ $3, R8
	LEAQ (CX*2), R10
	IMULQ R8, R10
	ADDQ  SI, R10          // the last row of x
	LEAQ (R9*8), R11       // from cosines to sines
	LEAQ (DI)(R11*1), BX
	VBROADCASTSD (SI), Y7

group:
	LEAQ (SI)(R8*1), R12
	MOVQ R10, R13
	MOVQ DX, AX
	VBROADCASTSD (R12), Y2
	VBROADCASTSD (R13), Y3
	VMULPD (AX), Y2, Y0
	VADDPD Y0, Y7, Y0
	VMULPD (AX)(R11*1), Y3, Y1
	MOVQ CX, R15

term:
	DECQ R15
	JZ   stored
	LEAQ (AX)(R11*2), AX
	ADDQ R8, R12
	SUBQ R8, R13
	VBROADCASTSD (R12), Y2
	VBROADCASTSD (R13), Y3
	VMULPD (AX), Y2, Y2
	VMULPD (AX)(R11*1), Y3, Y3
	VADDPD Y2, Y0, Y0
	VADDPD Y3, Y1, Y1
	JMP  term

stored:
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, (BX)
	ADDQ $32, DI
	ADDQ $32, BX
	ADDQ $32, DX
	SUBQ $4, R9
	JNZ  group
	VZEROUPPER
	RET
