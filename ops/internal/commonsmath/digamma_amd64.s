//go:build !purego

#include "textflag.h"

// The constants are those of digamma.go and log.go.

DATA psiConst<>+0(SB)/8, $0x4048800000000000 // from here on the series is precise enough
DATA psiConst<>+8(SB)/8, $0x000ffc0000000000 // the bits that choose the entry of logMantissa
DATA psiConst<>+16(SB)/8, $0x3ffffffffff // the bits below them
DATA psiConst<>+24(SB)/8, $0x4330000000000000 // 2^52
DATA psiConst<>+32(SB)/8, $0x43300000000003ff // 2^52 + 1023
DATA psiConst<>+40(SB)/8, $0xbfc547a437e83f0d // the polynomial of log(1+eps)
DATA psiConst<>+48(SB)/8, $0x3fc99995c0570824
DATA psiConst<>+56(SB)/8, $0xbfcfffffff8051ad
DATA psiConst<>+64(SB)/8, $0x3fd5555555555198
DATA psiConst<>+72(SB)/8, $0xbfe0000000000000
DATA psiConst<>+80(SB)/8, $0x3fe62e42c0000000 // log(2), upper bits
DATA psiConst<>+88(SB)/8, $0x3e7f7d1cf79abc9e // log(2), the rest
DATA psiConst<>+96(SB)/8, $0x3fe0000000000000
DATA psiConst<>+104(SB)/8, $0x406f800000000000
DATA psiConst<>+112(SB)/8, $0x3f81111111111111 // 1/120
DATA psiConst<>+120(SB)/8, $0x3fb5555555555555 // 1/12
DATA psiConst<>+128(SB)/8, $0x3ff0000000000000
GLOBL psiConst<>(SB), RODATA|NOPTR, $136

#define PSI_LARGE psiConst<>+0(SB)
#define PSI_UPPER psiConst<>+8(SB)
#define PSI_LOWER psiConst<>+16(SB)
#define PSI_MAGIC psiConst<>+24(SB)
#define PSI_BIAS psiConst<>+32(SB)
#define LOG_C6 psiConst<>+40(SB)
#define LOG_C5 psiConst<>+48(SB)
#define LOG_C4 psiConst<>+56(SB)
#define LOG_C3 psiConst<>+64(SB)
#define LOG_C2 psiConst<>+72(SB)
#define LN2_A psiConst<>+80(SB)
#define LN2_B psiConst<>+88(SB)
#define PSI_HALF psiConst<>+96(SB)
#define PSI_252 psiConst<>+104(SB)
#define PSI_120 psiConst<>+112(SB)
#define PSI_12 psiConst<>+120(SB)
#define PSI_ONE psiConst<>+128(SB)

// BYALL makes one step for all lanes with a constant: y = x op constant.
#define BYALL(op, constant, t, x, y) \
	VBROADCASTSD constant, t \
	op           t, x, y

// ADDTO adds x to Y8, and what the sum loses to Y9.
#define ADDTO(x) \
	VADDPD  x, Y8, Y11  \
	VSUBPD  Y8, Y11, Y8 \
	VSUBPD  x, Y8, Y8   \
	VSUBPD  Y8, Y9, Y9  \
	VMOVAPD Y11, Y8

// SERIES replaces numbers of at least 49 by their digamma. Y14 holds ones.
#define SERIES(x) \
	VMULPD       x, x, Y2                          \
	VDIVPD       Y2, Y14, Y2                       \ // inv
	VPBROADCASTQ PSI_MAGIC, Y12                    \
	VPBROADCASTQ PSI_UPPER, Y3                     \
	VPAND        Y3, x, Y3                         \
	VPSRLQ       $41, Y3, Y4                       \ // two times the entry
	VPOR         Y12, Y3, Y3                       \
	VPBROADCASTQ PSI_LOWER, Y5                     \
	VPAND        Y5, x, Y5                         \
	VPOR         Y12, Y5, Y5                       \
	VSUBPD       Y12, Y5, Y5                       \
	VDIVPD       Y3, Y5, Y5                        \ // eps
	BYALL(VMULPD, LOG_C6, Y6, Y5, Y6)              \
	BYALL(VADDPD, LOG_C5, Y7, Y6, Y6)              \
	VMULPD       Y5, Y6, Y6                        \
	BYALL(VADDPD, LOG_C4, Y7, Y6, Y6)              \
	VMULPD       Y5, Y6, Y6                        \
	BYALL(VADDPD, LOG_C3, Y7, Y6, Y6)              \
	VMULPD       Y5, Y6, Y6                        \
	BYALL(VADDPD, LOG_C2, Y7, Y6, Y6)              \
	VMULPD       Y5, Y6, Y6                        \
	VADDPD       Y14, Y6, Y6                       \
	VMULPD       Y5, Y6, Y6                        \ // z
	VPSRLQ       $52, x, Y7                        \
	VPOR         Y12, Y7, Y7                       \
	BYALL(VSUBPD, PSI_BIAS, Y8, Y7, Y7)            \
	BYALL(VMULPD, LN2_A, Y8, Y7, Y8)               \
	BYALL(VMULPD, LN2_B, Y9, Y7, Y7)               \
	VXORPD       Y9, Y9, Y9                        \
	VPCMPEQD     Y13, Y13, Y13                     \
	VXORPD       Y10, Y10, Y10                     \
	VGATHERQPD   Y13, (R9)(Y4*8), Y10              \
	ADDTO(Y10)                                     \
	ADDTO(Y6)                                      \
	ADDTO(Y7)                                      \
	VPCMPEQD     Y13, Y13, Y13                     \
	VXORPD       Y10, Y10, Y10                     \
	VGATHERQPD   Y13, 8(R9)(Y4*8), Y10             \
	ADDTO(Y10)                                     \
	VADDPD       Y9, Y8, Y8                        \ // log(x)
	VBROADCASTSD PSI_HALF, Y3                      \
	VDIVPD       x, Y3, Y3                         \
	VSUBPD       Y3, Y8, Y8                        \
	VBROADCASTSD PSI_252, Y3                       \
	VDIVPD       Y3, Y2, Y3                        \
	VBROADCASTSD PSI_120, Y4                       \
	VSUBPD       Y3, Y4, Y3                        \
	VMULPD       Y3, Y2, Y3                        \
	BYALL(VADDPD, PSI_12, Y4, Y3, Y3)              \
	VMULPD       Y3, Y2, Y3                        \
	VSUBPD       Y3, Y8, x

// func digammaLanes(x *float64, blocks int, terms *[49 * laneCount]float64)
TEXT ·digammaLanes(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), SI
	MOVQ blocks+8(FP), CX
	MOVQ terms+16(FP), R8
	LEAQ ·logMantissa(SB), R9
	VBROADCASTSD PSI_ONE, Y14
	VBROADCASTSD PSI_LARGE, Y15

block:
	VMOVUPD (SI), Y0
	VMOVUPD 32(SI), Y1
	MOVQ    R8, DI

up: // digamma(x) = digamma(x+1) - 1/x, in the lanes where x is below 49
	VCMPPD    $0x11, Y15, Y0, Y2
	VCMPPD    $0x11, Y15, Y1, Y3
	VORPD     Y2, Y3, Y4
	VMOVMSKPD Y4, AX
	TESTL     AX, AX
	JZ        large
	VDIVPD    Y0, Y14, Y5
	VDIVPD    Y1, Y14, Y6
	VANDPD    Y2, Y5, Y5
	VANDPD    Y3, Y6, Y6
	VMOVUPD   Y5, (DI)
	VMOVUPD   Y6, 32(DI)
	VANDPD    Y2, Y14, Y5
	VANDPD    Y3, Y14, Y6
	VADDPD    Y5, Y0, Y0
	VADDPD    Y6, Y1, Y1
	ADDQ      $64, DI
	JMP       up

large:
	SERIES(Y0)
	SERIES(Y1)

down: // the last term first; lanes that have none subtract 0
	CMPQ   DI, R8
	JEQ    next
	SUBQ   $64, DI
	VSUBPD (DI), Y0, Y0
	VSUBPD 32(DI), Y1, Y1
	JMP    down

next:
	VMOVUPD Y0, (SI)
	VMOVUPD Y1, 32(SI)
	ADDQ    $64, SI
	DECQ    CX
	JNZ     block
	VZEROUPPER
	RET
