//go:build !purego

#include "textflag.h"

// Eight ends are in a register, of which each gives one byte. AX and BX are the
// only two that shift; the loads of values are what takes the time.
#define ADD8(add, scale, s0, s1, s2, s3, s4, s5, s6, s7) \
	MOVBLZX AX, CX              \
	MOVQ    AX, DX              \
	add     (R8)(CX*scale), s0  \
	SHRQ    $32, DX             \
	MOVBLZX AH, BX              \
	MOVBLZX DX, CX              \
	add     (R8)(BX*scale), s1  \
	SHRL    $16, AX             \
	MOVBLZX DH, BX              \
	add     (R8)(CX*scale), s4  \
	SHRL    $16, DX             \
	add     (R8)(BX*scale), s5  \
	MOVBLZX AX, CX              \
	MOVBLZX AH, BX              \
	add     (R8)(CX*scale), s2  \
	add     (R8)(BX*scale), s3  \
	MOVBLZX DX, CX              \
	MOVBLZX DH, BX              \
	add     (R8)(CX*scale), s6  \
	add     (R8)(BX*scale), s7

#define ADDTREES(add, load, size, scale) \
	MOVQ trees+0(FP), SI            \
	MOVQ n+8(FP), R10               \
	MOVQ sums+16(FP), DI            \
	MOVQ rows+24(FP), R11           \
	XORL R12, R12                   \
block:                              \
	load 0(DI), X0                  \
	load size(DI), X1               \
	load (2*size)(DI), X2           \
	load (3*size)(DI), X3           \
	load (4*size)(DI), X4           \
	load (5*size)(DI), X5           \
	load (6*size)(DI), X6           \
	load (7*size)(DI), X7           \
	load (8*size)(DI), X8           \
	load (9*size)(DI), X9           \
	load (10*size)(DI), X10         \
	load (11*size)(DI), X11         \
	load (12*size)(DI), X12         \
	load (13*size)(DI), X13         \
	load (14*size)(DI), X14         \
	load (15*size)(DI), X15         \
	MOVQ SI, R13                    \
	MOVQ R10, R15                   \
tree:                               \
	MOVQ (R13), R8                  \
	MOVQ 8(R13), R9                 \
	MOVQ (R9)(R12*1), AX            \
	ADD8(add, scale, X0, X1, X2, X3, X4, X5, X6, X7) \
	MOVQ 8(R9)(R12*1), AX           \
	ADD8(add, scale, X8, X9, X10, X11, X12, X13, X14, X15) \
	ADDQ $16, R13                   \
	DECQ R15                        \
	JNZ  tree                       \
	load X0, 0(DI)                  \
	load X1, size(DI)               \
	load X2, (2*size)(DI)           \
	load X3, (3*size)(DI)           \
	load X4, (4*size)(DI)           \
	load X5, (5*size)(DI)           \
	load X6, (6*size)(DI)           \
	load X7, (7*size)(DI)           \
	load X8, (8*size)(DI)           \
	load X9, (9*size)(DI)           \
	load X10, (10*size)(DI)         \
	load X11, (11*size)(DI)         \
	load X12, (12*size)(DI)         \
	load X13, (13*size)(DI)         \
	load X14, (14*size)(DI)         \
	load X15, (15*size)(DI)         \
	ADDQ $(16*size), DI             \
	ADDQ $16, R12                   \
	SUBQ $16, R11                   \
	JNZ  block

// func addEnds64(trees *sumTree, n int, sums *float64, rows int)
TEXT ·addEnds64(SB), NOSPLIT, $0-32
	ADDTREES(ADDSD, MOVSD, 8, 8)
	RET

// func addEnds32(trees *sumTree, n int, sums *float32, rows int)
TEXT ·addEnds32(SB), NOSPLIT, $0-32
	ADDTREES(ADDSS, MOVSS, 4, 4)
	RET
