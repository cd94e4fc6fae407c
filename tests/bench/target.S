/* The tool that is measured with: it ends at once, so that what is measured is what stands in front of it. */
    .globl _start
_start:
#if defined(__x86_64__)
    mov $60, %eax
    xor %edi, %edi
    syscall
#elif defined(__aarch64__)
    mov x8, #93
    mov x0, #0
    svc #0
#endif
    .section .note.GNU-stack,"",%progbits
