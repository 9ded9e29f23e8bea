#include "textflag.h"

TEXT ·mislead(SB),NOSPLIT,$0-0
	MOVQ	runtime·vdsoClockgettimeSym(SB), AX
	MOVQ	AX, ·right(SB)
	MOVQ	$·misread(SB), AX
	MOVQ	AX, runtime·vdsoClockgettimeSym(SB)
	RET

// int misread(clockid_t DI, struct timespec *SI), called as C is: clock_gettime(2), the
// wall clock (0) wrong by skew, the monotonic one right.
TEXT ·misread(SB),NOSPLIT|NOFRAME,$0-0
	PUSHQ	DI
	PUSHQ	SI
	SUBQ	$8, SP
	MOVQ	·right(SB), AX
	CALL	AX
	ADDQ	$8, SP
	POPQ	SI
	POPQ	DI
	CMPL	DI, $0
	JNE	done
	MOVQ	·skew(SB), CX
	ADDQ	CX, 0(SI)
done:
	RET
