/* The fastest possible launcher: FLOOR PATH [ARG]... executes PATH with its own arguments and environment, and does nothing
 * else. */
    .globl _start
_start:
#if defined(__x86_64__)
    mov (%rsp), %rcx            /* argc */
    lea 16(%rsp), %rsi          /* argv + 1 */
    mov (%rsi), %rdi
    lea 16(%rsp,%rcx,8), %rdx   /* environment */
    mov $59, %eax
    syscall
    mov $60, %eax
    mov $127, %edi
    syscall
#elif defined(__aarch64__)
    ldr x3, [sp]
    add x1, sp, #16
    ldr x0, [x1]
    add x2, x1, x3, lsl #3
    mov x8, #221
    svc #0
    mov x8, #93
    mov x0, #127
    svc #0
#endif
    .section .note.GNU-stack,"",%progbits
