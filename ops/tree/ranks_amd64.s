//go:build !purego

#include "textflag.h"

// A value is compared with the 16 thresholds of a node, which gives two bits each; BX
// is twice the number of thresholds, in steps of this level, that it is not above.
#define COUNT \
	VPACKSSDW Y2, Y1, Y1 \
	VPACKSSDW Y4, Y3, Y3 \
	VPACKSSWB Y3, Y1, Y1 \
	VPMOVMSKB Y1, DX     \
	POPCNTL   DX, DX

// The first level stays in registers.
#define FIRST \
	VBROADCASTSD (SI), Y0            \
	VCMPPD       $0x12, Y8, Y0, Y1   \
	VCMPPD       $0x12, Y9, Y0, Y2   \
	VCMPPD       $0x12, Y10, Y0, Y3  \
	VCMPPD       $0x12, Y11, Y0, Y4  \
	COUNT                            \
	MOVL         DX, BX

#define NEXT(level) \
	SHLL   $4, BX                                  \
	VCMPPD $0x12, (level)(BX*4), Y0, Y1            \
	VCMPPD $0x12, 32(level)(BX*4), Y0, Y2          \
	VCMPPD $0x12, 64(level)(BX*4), Y0, Y3          \
	VCMPPD $0x12, 96(level)(BX*4), Y0, Y4          \
	COUNT                                          \
	ADDL   DX, BX

#define BYTE \
	SHRL    $1, BX      \
	UCOMISD X0, X0      \
	CMOVLPS R9, BX      \
	XORL    $0x80, BX   \
	MOVB    BX, (DI)    \
	ADDQ    $8, SI      \
	INCQ    DI          \
	DECQ    R8

#define WORD \
	SHRL    $1, BX      \
	UCOMISD X0, X0      \
	CMOVLPS R9, BX      \
	MOVW    BX, (DI)    \
	ADDQ    $8, SI      \
	ADDQ    $2, DI      \
	DECQ    R8

#define PREPARE \
	MOVQ    x+0(FP), SI         \
	MOVQ    n+8(FP), R8         \
	MOVQ    levels+16(FP), AX   \
	MOVQ    depth+24(FP), CX    \
	MOVQ    gone+32(FP), R9     \
	MOVQ    out+40(FP), DI      \
	MOVQ    (AX), R10           \
	VMOVUPD (R10), Y8           \
	VMOVUPD 32(R10), Y9         \
	VMOVUPD 64(R10), Y10        \
	VMOVUPD 96(R10), Y11        \
	MOVQ    8(AX), R10          \
	MOVQ    16(AX), R11         \
	MOVQ    24(AX), R12         \
	CMPQ    CX, $2              \
	JLT     one                 \
	JEQ     two                 \
	CMPQ    CX, $3              \
	JEQ     three

// func searchBytes(x *float64, n int, levels *unsafe.Pointer, depth int, gone int, out *uint8)
TEXT ·searchBytes(SB), NOSPLIT, $0-48
	PREPARE

	// Ranks of bytes need two levels at most.
two:
three:
	FIRST
	NEXT(R10)
	BYTE
	JNZ two
	VZEROUPPER
	RET

one:
	FIRST
	BYTE
	JNZ one
	VZEROUPPER
	RET

// func searchWords(x *float64, n int, levels *unsafe.Pointer, depth int, gone int, out *uint16)
TEXT ·searchWords(SB), NOSPLIT, $0-48
	PREPARE

four:
	FIRST
	NEXT(R10)
	NEXT(R11)
	NEXT(R12)
	WORD
	JNZ four
	VZEROUPPER
	RET

three:
	FIRST
	NEXT(R10)
	NEXT(R11)
	WORD
	JNZ three
	VZEROUPPER
	RET

two:
	FIRST
	NEXT(R10)
	WORD
	JNZ two
	VZEROUPPER
	RET

one:
	FIRST
	WORD
	JNZ one
	VZEROUPPER
	RET
