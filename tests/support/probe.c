/* Stands in for a tool: writes down everything that it was started with, into a file named `report` beside its own.
 *
 * Nothing is opened before the descriptors have been looked at. One fact a line; bytes from outside are hexadecimal.
 * Arguments tell it what to do besides: `--out TEXT`, `--err TEXT`, `--exit STATUS`,
 * `--die SIGNAL`. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static char *text;
static size_t used, room;

static void put(const char *bytes, size_t length) {
    if (used + length + 1 > room) {
        room = 2 * (used + length + 1);
        text = realloc(text, room);
        if (!text) _exit(101);
    }
    memcpy(text + used, bytes, length);
    used += length;
}

static void line(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void line(const char *format, ...) {
    char buffer[8192];
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    __builtin_va_end(arguments);
    put(buffer, length < (int)sizeof buffer ? (size_t)length : sizeof buffer - 1);
    put("\n", 1);
}

static void hex(const char *key, const char *bytes) {
    put(key, strlen(key));
    put(" ", 1);
    for (; *bytes; bytes++) {
        char digits[3];
        snprintf(digits, sizeof digits, "%02x", (unsigned char)*bytes);
        put(digits, 2);
    }
    put("\n", 1);
}

static void descriptors(void) {
    for (int fd = 0; fd < 4096; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags < 0) continue;
        char link[64], target[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, target, sizeof target - 1);
        target[length < 0 ? 0 : length] = 0;
        /* Pipes and sockets have a number of their own in each run. */
        char *number = strchr(target, '[');
        if (target[0] != '/' && number) *number = 0;
        line("fd %d cloexec=%d flags=%o at=%ld %s", fd, flags & FD_CLOEXEC, (unsigned)fcntl(fd, F_GETFL),
             (long)lseek(fd, 0, SEEK_CUR), target);
    }
}

static void proc_file(const char *path, const char *const *keys) {
    FILE *file = fopen(path, "re");
    char buffer[4096];
    if (!file) return;
    while (fgets(buffer, sizeof buffer, file)) {
        buffer[strcspn(buffer, "\n")] = 0;
        if (!keys) line("%s %s", path, buffer);
        for (const char *const *key = keys; key && *key; key++)
            if (!strncmp(buffer, *key, strlen(*key))) line("%s", buffer);
    }
    fclose(file);
}

int main(int argc, char **argv) {
    descriptors();
    for (char **arg = argv; *arg; arg++) hex("arg", *arg);
    for (char **entry = environ; *entry; entry++) hex("env", *entry);

    char cwd[4096];
    ssize_t length = readlink("/proc/self/cwd", cwd, sizeof cwd - 1);
    cwd[length < 0 ? 0 : length] = 0;
    hex("cwd", cwd);
    mode_t mask = umask(0);
    umask(mask);
    line("umask %04o", mask);
    for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
        struct rlimit limit;
        if (!getrlimit(resource, &limit))
            line("limit %d %llu %llu", resource, (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    }
    errno = 0;
    line("nice %d scheduler %d", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
    line("leads its group %d, its session %d", getpgrp() == getpid(), getsid(0) == getpid());
    line("personality %x", (unsigned)personality(0xffffffff));
    struct itimerval timer = {0};
    getitimer(ITIMER_REAL, &timer);
    line("alarm %d", timer.it_value.tv_sec != 0);
    int death = 0;
    prctl(PR_GET_PDEATHSIG, &death);
    line("dumpable %d, subreaper signal %d", prctl(PR_GET_DUMPABLE), death);
    const char *const status[] = {"TracerPid", "Uid", "Gid",     "Groups",       "Umask",     "SigB",    "SigI",    "SigC",    "SigP",
                                  "ShdPnd", "Cap",     "NoNewPrivs",   "Seccomp:",  "Cpus_allowed_list",
                                  "THP_enabled", 0};
    proc_file("/proc/self/status", status);
    proc_file("/proc/self/timerslack_ns", 0);
    proc_file("/proc/self/oom_score_adj", 0);

    char path[4096];
    length = readlink("/proc/self/exe", path, sizeof path - 16);
    if (length < 0) return 102;
    path[length] = 0;
    strcpy(strrchr(path, '/') + 1, "report");
    int report = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    for (size_t written = 0; written < used;) {
        ssize_t more = write(report, text + written, used - written);
        if (more <= 0) return 103;
        written += (size_t)more;
    }

    int code = 0;
    for (int i = 1; i + 1 < argc; i++) {
        if (!strcmp(argv[i], "--out") && write(1, argv[i + 1], strlen(argv[i + 1])) < 0) return 104;
        if (!strcmp(argv[i], "--err") && write(2, argv[i + 1], strlen(argv[i + 1])) < 0) return 104;
        if (!strcmp(argv[i], "--exit")) code = atoi(argv[i + 1]);
        if (!strcmp(argv[i], "--die")) raise(atoi(argv[i + 1]));
    }
    return code;
}
