/* Starts programs and waits for them, one of each in every round: measure ROUNDS -- LABEL PATH FILE [ARG]... -- ...
 *
 * PATH is the variable's value for that case. The first case is the tool alone. The added time of the others is
 * computed in each round, so that a busy machine slows all cases. One line for each case: label, median, 95th
 * percentile, median of the added time, median of the minor page faults; times in microseconds.
 *
 * measure --count LABEL PATH FILE [ARG]... steps through one program, and prints the number of instructions and system
 * calls before it executes another. With --profile, it prints a line for each address in the file, with a count.
 *
 * MEASURE_HOME is HOME of all of them; MEASURE_BYTES adds a variable of that size. */
#define _GNU_SOURCE
#include <elf.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CASES = 32 };

struct one {
    char *label, **argv;
    char *environment[64];
    double *time, *added;
    long *faults;
} cases[CASES];

static void need(int good, const char *what) {
    if (!good) {
        perror(what);
        exit(1);
    }
}

/* The number of variables in an ordinary session. */
static void environment_of(struct one *one, const char *path) {
    int count = 0;
    need(asprintf(&one->environment[count++], "PATH=%s", path) > 0, "memory");
    const char *home = getenv("MEASURE_HOME");
    need(asprintf(&one->environment[count++], "HOME=%s", home ? home : "/root") > 0, "memory");
    /* The marks of a complete WSL environment. Outside WSL they have no meaning. */
    if (strncmp(one->label, "stripped", 8)) {
        one->environment[count++] = "WSL_DISTRO_NAME=Ubuntu";
        one->environment[count++] = "GOWRAP_SESSION=1";
    }
    for (; count < 34; count++)
        need(asprintf(&one->environment[count], "VARIABLE_%d=%0*d", count, 80, count) > 0, "memory");
    /* The additional bytes, in variables that the kernel accepts (MAX_ARG_STRLEN, 128 KiB). */
    for (int bytes = getenv("MEASURE_BYTES") ? atoi(getenv("MEASURE_BYTES")) : 0; bytes > 0; bytes -= 100000)
        need(asprintf(&one->environment[count++], "LARGE=%0*d", bytes < 100000 ? bytes : 100000, 0) > 0, "memory");
    one->environment[count] = 0;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void run(struct one *one, int round) {
    pid_t child;
    int status;
    struct rusage usage;
    double start = now();
    need(!posix_spawn(&child, one->argv[0], 0, 0, one->argv, one->environment), one->argv[0]);
    need(wait4(child, &status, 0, &usage) == child, "wait4");
    one->time[round] = now() - start;
    one->faults[round] = usage.ru_minflt;
    if (status) {
        fprintf(stderr, "measure: %s ended with status %x\n", one->label, status);
        exit(1);
    }
}

static int by_size(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double at(double *values, int count, double share) {
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[(int)((count - 1) * share)];
}

enum { MOST = 1 << 23 };
static unsigned profile[MOST];

/* The address of the program in memory: the program headers follow the file's header. */
static unsigned long long start_of(pid_t child) {
    char path[64];
    unsigned long long pair[2] = {0}, start = 0;
    snprintf(path, sizeof path, "/proc/%d/auxv", (int)child);
    FILE *file = fopen(path, "r");
    need(file != 0, path);
    while (fread(pair, sizeof pair, 1, file) == 1 && pair[0])
        if (pair[0] == AT_PHDR) start = pair[1] - sizeof(Elf64_Ehdr);
    fclose(file);
    return start;
}

static int count_steps(struct one *one, int places) {
    pid_t child = fork();
    int status;
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execve(one->argv[0], one->argv, one->environment);
        _exit(127);
    }
    need(waitpid(child, &status, 0) == child && WIFSTOPPED(status), one->argv[0]);
    need(!ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL), "ptrace");
    long instructions = 0, calls = 0;
    unsigned long long start = start_of(child);
    /* A `rep` stops at each repetition, but a processor counts it once. */
#if defined(__x86_64__)
    unsigned long long before = 0;
#endif
    for (;;) {
#if defined(__x86_64__)
        struct user_regs_struct registers;
        need(!ptrace(PTRACE_GETREGS, child, 0, &registers), "ptrace");
        calls += (ptrace(PTRACE_PEEKTEXT, child, registers.rip, 0) & 0xffff) == 0x050f;
        if (registers.rip == before)
            instructions--;
        else if (registers.rip - start < MOST)
            profile[registers.rip - start]++;
        before = registers.rip;
#endif
        need(!ptrace(PTRACE_SINGLESTEP, child, 0, 0), "ptrace");
        need(waitpid(child, &status, 0) == child, "waitpid");
        instructions++;
        if (!WIFSTOPPED(status) || status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) break;
    }
    need(WIFSTOPPED(status), "it ended without executing anything");
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    for (int i = 0; places && i < MOST; i++)
        if (profile[i]) printf("%x %u\n", (unsigned)i, profile[i]);
    if (places) return 0;
    /* The last system call is execve. */
    printf("%s\t%ld\t%ld\n", one->label, instructions, calls - 1);
    return 0;
}

int main(int argc, char **argv) {
    int places = argc > 4 && !strcmp(argv[1], "--profile");
    if (places || (argc > 4 && !strcmp(argv[1], "--count"))) {
        cases[0] = (struct one){.label = argv[2], .argv = argv + 4};
        environment_of(cases, argv[3]);
        return count_steps(cases, places);
    }
    int rounds = argc > 1 ? atoi(argv[1]) : 0, count = 0;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--")) continue;
        argv[i] = 0;
        if (i + 3 >= argc || count == CASES) return 2;
        struct one *one = &cases[count++];
        *one = (struct one){.label = argv[i + 1], .argv = argv + i + 3};
        one->time = calloc((size_t)rounds, sizeof *one->time);
        one->added = calloc((size_t)rounds, sizeof *one->added);
        one->faults = calloc((size_t)rounds, sizeof *one->faults);
        environment_of(one, argv[i + 2]);
    }
    if (rounds < 1 || !count) return 2;
    cpu_set_t cpu;
    CPU_ZERO(&cpu);
    CPU_SET(sched_getcpu(), &cpu);
    sched_setaffinity(0, sizeof cpu, &cpu);
    for (int i = 0; i < count; i++)
        for (int warm = 0; warm < 3; warm++) run(&cases[i], 0);
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) run(&cases[(i + round) % count], round);
        for (int i = 0; i < count; i++) cases[i].added[round] = cases[i].time[round] - cases[0].time[round];
    }
    for (int i = 0; i < count; i++) {
        double *faults = calloc((size_t)rounds, sizeof *faults);
        for (int round = 0; round < rounds; round++) faults[round] = (double)cases[i].faults[round];
        printf("%s\t%.1f\t%.1f\t%.1f\t%.0f\n", cases[i].label, at(cases[i].time, rounds, 0.5),
               at(cases[i].time, rounds, 0.95), at(cases[i].added, rounds, 0.5), at(faults, rounds, 0.5));
    }
    return 0;
}
