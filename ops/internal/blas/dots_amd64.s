//go:build !purego

#include "textflag.h"

// A register holds the four sums of one dot product. DX is the place in all vectors.

// Where a row begins.
#define PLACE(base, rows, at, row) \
	MOVQ at(rows), row \
	LEAQ (base)(row*8), row

// Where eight rows begin.
#define PLACE8(base, rows) \
	PLACE(base, rows, 0, R8)   \
	PLACE(base, rows, 8, R9)   \
	PLACE(base, rows, 16, R10) \
	PLACE(base, rows, 24, R11) \
	PLACE(base, rows, 32, R12) \
	PLACE(base, rows, 40, R13) \
	PLACE(base, rows, 48, AX)  \
	PLACE(base, rows, 56, BX)

#define LOAD4(at, s0, s1, s2, s3) \
	VMOVUPD (at)(DI), s0      \
	VMOVUPD (at+32)(DI), s1   \
	VMOVUPD (at+64)(DI), s2   \
	VMOVUPD (at+96)(DI), s3

#define STORE4(at, s0, s1, s2, s3) \
	VMOVUPD s0, (at)(DI)      \
	VMOVUPD s1, (at+32)(DI)   \
	VMOVUPD s2, (at+64)(DI)   \
	VMOVUPD s3, (at+96)(DI)

// The totals of the sums of four dot products are left in a: the sums in their
// order, and then zero.
#define TOTAL(a, b, c, d, t0, t1, t2, t3) \
	VUNPCKLPD  b, a, t0         \
	VUNPCKHPD  b, a, t1         \
	VUNPCKLPD  d, c, t2         \
	VUNPCKHPD  d, c, t3         \
	VPERM2F128 $0x20, t2, t0, a \
	VPERM2F128 $0x20, t3, t1, b \
	VPERM2F128 $0x31, t2, t0, c \
	VPERM2F128 $0x31, t3, t1, d \
	VXORPD     t0, t0, t0       \
	VADDPD     b, a, a          \
	VADDPD     c, a, a          \
	VADDPD     d, a, a          \
	VADDPD     t0, a, a

// One element of each of four vectors.
#define FOURTH(a, b, c, d, low, all, high) \
	VMOVSD  (a)(DX*1), low         \
	VMOVHPD (b)(DX*1), low, low    \
	VMOVSD  (c)(DX*1), high        \
	VMOVHPD (d)(DX*1), high, high  \
	VINSERTF128 $1, high, all, all

// Four elements of one of the ws times those of three rows.
#define DOT3(w, s0, s1, s2) \
	VMOVUPD (w)(DX*1), Y15    \
	VFMADD231PD Y15, Y12, s0  \
	VFMADD231PD Y15, Y13, s1  \
	VFMADD231PD Y15, Y14, s2

// func dots256(base *float64, rows *int, ws **float64, from, n int, sums *float64, ends int, out *float64, stride int)
//
// Y0-Y3 are the sums of the first row, Y4-Y7 of the second, Y8-Y11 of the third.
TEXT ·dots256(SB), NOSPLIT, $0-72
	MOVQ base+0(FP), DI
	MOVQ rows+8(FP), AX
	MOVQ ws+16(FP), SI
	MOVQ from+24(FP), DX
	MOVQ n+32(FP), CX
	MOVQ ends+48(FP), BX
	PLACE(DI, AX, 0, R8)
	PLACE(DI, AX, 8, R9)
	PLACE(DI, AX, 16, R10)
	MOVQ 0(SI), R11
	MOVQ 8(SI), R12
	MOVQ 16(SI), R13
	MOVQ 24(SI), AX
	SHLQ $3, DX
	MOVQ sums+40(FP), DI
	TESTQ $1, BX
	JZ    loaded
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	VXORPD Y8, Y8, Y8
	VXORPD Y9, Y9, Y9
	VXORPD Y10, Y10, Y10
	VXORPD Y11, Y11, Y11
	JMP    begin

loaded:
	LOAD4(0, Y0, Y1, Y2, Y3)
	LOAD4(128, Y4, Y5, Y6, Y7)
	LOAD4(256, Y8, Y9, Y10, Y11)

begin:
	SUBQ $4, CX
	JL   summed

fours:
	VMOVUPD (R8)(DX*1), Y12
	VMOVUPD (R9)(DX*1), Y13
	VMOVUPD (R10)(DX*1), Y14
	DOT3(R11, Y0, Y4, Y8)
	DOT3(R12, Y1, Y5, Y9)
	DOT3(R13, Y2, Y6, Y10)
	DOT3(AX, Y3, Y7, Y11)
	ADDQ $32, DX
	SUBQ $4, CX
	JGE  fours

summed:
	TESTQ $2, BX
	JNZ   last
	STORE4(0, Y0, Y1, Y2, Y3)
	STORE4(128, Y4, Y5, Y6, Y7)
	STORE4(256, Y8, Y9, Y10, Y11)
	VZEROUPPER
	RET

last:
	TOTAL(Y0, Y1, Y2, Y3, Y12, Y13, Y14, Y15)
	TOTAL(Y4, Y5, Y6, Y7, Y12, Y13, Y14, Y15)
	TOTAL(Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15)
	ADDQ $4, CX
	JZ   done

one:
	FOURTH(R11, R12, R13, AX, X12, Y12, X13)
	VBROADCASTSD (R8)(DX*1), Y13
	VBROADCASTSD (R9)(DX*1), Y14
	VBROADCASTSD (R10)(DX*1), Y15
	VFMADD231PD  Y12, Y13, Y0
	VFMADD231PD  Y12, Y14, Y4
	VFMADD231PD  Y12, Y15, Y8
	ADDQ $8, DX
	DECQ CX
	JNZ  one

done:
	MOVQ out+56(FP), DI
	MOVQ stride+64(FP), BX
	SHLQ $3, BX
	VMOVUPD Y0, (DI)
	VMOVUPD Y4, (DI)(BX*1)
	VMOVUPD Y8, (DI)(BX*2)
	VZEROUPPER
	RET

// func dot256(base *float64, rows *int, n int, w, out *float64)
//
// The rows are eight.
TEXT ·dot256(SB), NOSPLIT, $0-40
	MOVQ base+0(FP), SI
	MOVQ rows+8(FP), DI
	MOVQ n+16(FP), CX
	PLACE8(SI, DI)
	MOVQ w+24(FP), SI
	XORL DX, DX
	VXORPD Y0, Y0, Y0
	VXORPD Y1, Y1, Y1
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	SUBQ $4, CX
	JL   summed

fours:
	VMOVUPD (SI)(DX*1), Y8
	VFMADD231PD (R8)(DX*1), Y8, Y0
	VFMADD231PD (R9)(DX*1), Y8, Y1
	VFMADD231PD (R10)(DX*1), Y8, Y2
	VFMADD231PD (R11)(DX*1), Y8, Y3
	VFMADD231PD (R12)(DX*1), Y8, Y4
	VFMADD231PD (R13)(DX*1), Y8, Y5
	VFMADD231PD (AX)(DX*1), Y8, Y6
	VFMADD231PD (BX)(DX*1), Y8, Y7
	ADDQ $32, DX
	SUBQ $4, CX
	JGE  fours

summed:
	TOTAL(Y0, Y1, Y2, Y3, Y12, Y13, Y14, Y15)
	TOTAL(Y4, Y5, Y6, Y7, Y12, Y13, Y14, Y15)
	ADDQ $4, CX
	JZ   done

one:
	VBROADCASTSD (SI)(DX*1), Y8
	FOURTH(R8, R9, R10, R11, X9, Y9, X10)
	VFMADD231PD Y9, Y8, Y0
	FOURTH(R12, R13, AX, BX, X9, Y9, X10)
	VFMADD231PD Y9, Y8, Y4
	ADDQ $8, DX
	DECQ CX
	JNZ  one

done:
	MOVQ out+32(FP), DI
	VMOVUPD Y0, (DI)
	VMOVUPD Y4, 32(DI)
	VZEROUPPER
	RET

#define SQUARE(row, x, s) \
	VMOVSD (row)(DX*1), x \
	VMULSD x, x, x        \
	VADDSD x, s, s

// func squares256(base *float64, rows *int, n int, out *float64)
TEXT ·squares256(SB), NOSPLIT, $0-32
	MOVQ base+0(FP), SI
	MOVQ rows+8(FP), DI
	MOVQ n+16(FP), CX
	PLACE8(SI, DI)
	XORL DX, DX
	VXORPD X0, X0, X0
	VXORPD X1, X1, X1
	VXORPD X2, X2, X2
	VXORPD X3, X3, X3
	VXORPD X4, X4, X4
	VXORPD X5, X5, X5
	VXORPD X6, X6, X6
	VXORPD X7, X7, X7
	TESTQ CX, CX
	JZ    done

one:
	SQUARE(R8, X8, X0)
	SQUARE(R9, X9, X1)
	SQUARE(R10, X10, X2)
	SQUARE(R11, X11, X3)
	SQUARE(R12, X12, X4)
	SQUARE(R13, X13, X5)
	SQUARE(AX, X14, X6)
	SQUARE(BX, X15, X7)
	ADDQ $8, DX
	DECQ CX
	JNZ  one

done:
	MOVQ out+24(FP), DI
	VMOVSD X0, 0(DI)
	VMOVSD X1, 8(DI)
	VMOVSD X2, 16(DI)
	VMOVSD X3, 24(DI)
	VMOVSD X4, 32(DI)
	VMOVSD X5, 40(DI)
	VMOVSD X6, 48(DI)
	VMOVSD X7, 56(DI)
	VZEROUPPER
	RET

// func far256(norms, squares, dots *float64, n int, norm, square, best float64, limits *[3]float64) int
//
// limits are twice epsilon, epsilon, and the greatest error for which norms suffice.
TEXT ·far256(SB), NOSPLIT, $0-72
	MOVQ norms+0(FP), R8
	MOVQ squares+8(FP), R9
	MOVQ dots+16(FP), R10
	MOVQ n+24(FP), CX
	MOVQ limits+56(FP), SI
	VBROADCASTSD norm+32(FP), Y0
	VBROADCASTSD square+40(FP), Y1
	VBROADCASTSD best+48(FP), Y2
	VBROADCASTSD 0(SI), Y3
	VBROADCASTSD 8(SI), Y4
	VBROADCASTSD 16(SI), Y5
	XORL DX, DX
	SUBQ $4, CX
	JL   done

fours:
	VMOVUPD (R8)(DX*8), Y6
	VSUBPD  Y0, Y6, Y6          // the difference of the norms
	VMULPD  Y6, Y6, Y6
	VADDPD  Y4, Y6, Y6
	VMULPD  Y5, Y6, Y6
	VADDPD  (R9)(DX*8), Y1, Y7  // the sum of the squares
	VMULPD  Y3, Y7, Y8
	VCMPPD  $0x11, Y6, Y8, Y8   // whether the norms suffice
	VMOVUPD (R10)(DX*8), Y9
	VADDPD  Y9, Y9, Y9
	VSUBPD  Y9, Y7, Y7          // the distance
	VCMPPD  $0x15, Y2, Y7, Y7   // whether it is not below the best
	VANDPD  Y8, Y7, Y7
	VMOVMSKPD Y7, AX
	CMPL AX, $15
	JNE  done
	ADDQ $4, DX
	SUBQ $4, CX
	JGE  fours

done:
	MOVQ DX, ret+64(FP)
	VZEROUPPER
	RET

// func sdot128(x, y *float32, n int) float32
TEXT ·sdot128(SB), NOSPLIT, $0-28
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DI
	MOVQ n+16(FP), CX
	VXORPS X0, X0, X0

fours:
	VMOVUPS (SI), X1
	VFMADD231PS (DI), X1, X0
	ADDQ $16, SI
	ADDQ $16, DI
	SUBQ $4, CX
	JNZ  fours

	VPSHUFD $0x55, X0, X1
	VPSHUFD $0xaa, X0, X2
	VPSHUFD $0xff, X0, X3
	VXORPS  X4, X4, X4
	VADDSS  X1, X0, X0
	VADDSS  X2, X0, X0
	VADDSS  X3, X0, X0
	VADDSS  X4, X0, X0
	VMOVSS  X0, ret+24(FP)
	RET
