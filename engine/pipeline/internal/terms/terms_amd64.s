//go:build !purego

#include "textflag.h"

// A round of a loop takes 16 rows, in Y0 to Y3: x is at SI, and the result at DI.

#define LOADX \
	VMOVUPD 0(SI), Y0  \
	VMOVUPD 32(SI), Y1 \
	VMOVUPD 64(SI), Y2 \
	VMOVUPD 96(SI), Y3

// EACH makes one step for all rows: x = x op y.
#define EACH(op, y) \
	op y, Y0, Y0 \
	op y, Y1, Y1 \
	op y, Y2, Y2 \
	op y, Y3, Y3

#define ADDSUMS \
	VMOVUPD 0(DI), Y4  \
	VMOVUPD 32(DI), Y5 \
	VMOVUPD 64(DI), Y6 \
	VMOVUPD 96(DI), Y7 \
	VADDPD Y0, Y4, Y0  \
	VADDPD Y1, Y5, Y1  \
	VADDPD Y2, Y6, Y2  \
	VADDPD Y3, Y7, Y3

// STORE also goes on to the next rows; the flags say whether there are any.
#define STORE \
	VMOVUPD Y0, 0(DI)  \
	VMOVUPD Y1, 32(DI) \
	VMOVUPD Y2, 64(DI) \
	VMOVUPD Y3, 96(DI) \
	ADDQ $128, SI      \
	ADDQ $128, DI      \
	SUBQ $16, CX

// func addScaled256(sums, x *float64, n int, mean, scale, coef float64)
TEXT ·addScaled256(SB), NOSPLIT, $0-48
	MOVQ sums+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSD mean+24(FP), Y8
	VBROADCASTSD scale+32(FP), Y9
	VBROADCASTSD coef+40(FP), Y10

loop:
	LOADX
	EACH(VSUBPD, Y8)
	EACH(VMULPD, Y9)
	EACH(VMULPD, Y10)
	ADDSUMS
	STORE
	JNZ loop
	VZEROUPPER
	RET

// func addProduct256(sums, x *float64, n int, coef float64)
TEXT ·addProduct256(SB), NOSPLIT, $0-32
	MOVQ sums+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSD coef+24(FP), Y8

loop:
	LOADX
	EACH(VMULPD, Y8)
	ADDSUMS
	STORE
	JNZ loop
	VZEROUPPER
	RET

// func scale256(dst, x *float64, n int, mean, scale float64)
TEXT ·scale256(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSD mean+24(FP), Y8
	VBROADCASTSD scale+32(FP), Y9

loop:
	LOADX
	EACH(VSUBPD, Y8)
	EACH(VMULPD, Y9)
	STORE
	JNZ loop
	VZEROUPPER
	RET
