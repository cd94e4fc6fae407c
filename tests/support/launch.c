/* Starts a program from a state that a shell cannot make: launch WORD... exec PATH ARGV0 [ARG]...
 *
 * The words are carried out in order. The environment is what `env` words name, and nothing else. */
#define _GNU_SOURCE
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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char **word;

static char *next(void) {
    if (!*++word) _exit(111);
    return *word;
}

static int number(void) { return atoi(next()); }

static void need(int result) {
    if (result < 0) {
        perror(*word);
        _exit(112);
    }
}

static void place(int at, int from, int flags) {
    need(from);
    if (from != at) {
        need(dup3(from, at, flags));
        close(from);
    }
}

/* Whatever the tests were started with, each state begins from the same dispositions; the C library hides two of them. */
static void signals_default(void) {
    struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } action = {0};
    for (int signal = 1; signal <= 64; signal++) syscall(SYS_rt_sigaction, signal, &action, 0, 8);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
}

/* A leader of a group cannot have a session of its own, its child can. */
static void session(void) {
    pid_t child = fork();
    need(child);
    if (child == 0) {
        need(setsid());
        return;
    }
    int status = 0;
    need(waitpid(child, &status, 0));
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 117);
}

int main(int argc, char **argv) {
    (void)argc;
    signals_default();
    static char *entries[64];
    int count = 0, many = 0;
    for (word = argv + 1; *word; word++) {
        if (!strcmp(*word, "env")) {
            entries[count] = next();
            if (++count == 63) _exit(113);
        } else if (!strcmp(*word, "ignore")) {
            signal(number(), SIG_IGN);
        } else if (!strcmp(*word, "default")) {
            signal(number(), SIG_DFL);
        } else if (!strcmp(*word, "block")) {
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, number());
            need(sigprocmask(SIG_BLOCK, &set, 0));
        } else if (!strcmp(*word, "raise")) {
            need(raise(number()));
        } else if (!strcmp(*word, "close")) {
            close(number());
        } else if (!strcmp(*word, "open")) {
            int at = number();
            place(at, open("/dev/zero", O_RDONLY), 0);
        } else if (!strcmp(*word, "open-cloexec")) {
            int at = number();
            place(at, open("/dev/zero", O_RDONLY | O_CLOEXEC), O_CLOEXEC);
        } else if (!strcmp(*word, "open-file")) {
            int at = number();
            place(at, open("/etc/passwd", O_RDONLY | O_NONBLOCK), 0);
            need((int)lseek(at, 7, SEEK_SET));
        } else if (!strcmp(*word, "pipe")) {
            int at = number(), ends[2];
            need(pipe(ends));
            place(at, ends[0], 0);
            place(at + 1, ends[1], 0);
        } else if (!strcmp(*word, "umask")) {
            umask((mode_t)strtol(next(), 0, 8));
        } else if (!strcmp(*word, "limit")) {
            int resource = number();
            struct rlimit limit;
            need(getrlimit(resource, &limit));
            limit.rlim_cur = (rlim_t)number();
            need(setrlimit(resource, &limit));
        } else if (!strcmp(*word, "nice")) {
            need(setpriority(PRIO_PROCESS, 0, number()));
        } else if (!strcmp(*word, "batch")) {
            struct sched_param none = {0};
            need(sched_setscheduler(0, SCHED_BATCH, &none));
        } else if (!strcmp(*word, "first-cpu")) {
            cpu_set_t one;
            need(sched_getaffinity(0, sizeof one, &one));
            int cpu = 0;
            while (!CPU_ISSET(cpu, &one)) cpu++;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            need(sched_setaffinity(0, sizeof one, &one));
        } else if (!strcmp(*word, "session")) {
            session();
        } else if (!strcmp(*word, "group")) {
            need(setpgid(0, 0));
        } else if (!strcmp(*word, "alarm")) {
            alarm((unsigned)number());
        } else if (!strcmp(*word, "death-signal")) {
            need(prctl(PR_SET_PDEATHSIG, number()));
        } else if (!strcmp(*word, "no-new-privileges")) {
            need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        } else if (!strcmp(*word, "fixed-addresses")) {
            need(personality(ADDR_NO_RANDOMIZE));
        } else if (!strcmp(*word, "lost-directory")) {
            char *path = next();
            need(mkdir(path, 0700));
            need(chdir(path));
            need(rmdir(path));
        } else if (!strcmp(*word, "in")) {
            need(chdir(next()));
        } else if (!strcmp(*word, "many")) {
            many = number();
        } else if (!strcmp(*word, "no-arguments")) {
            char *none[] = {0};
            entries[count] = 0;
            execve(next(), none, entries);
            return 114;
        } else if (!strcmp(*word, "exec")) {
            break;
        } else {
            fprintf(stderr, "launch: what is %s?\n", *word);
            return 110;
        }
    }
    char *path = next();
    entries[count] = 0;
    if (many) {
        int given = 0;
        while (word[1 + given]) given++;
        char **list = calloc((size_t)(given + many + 1), sizeof *list);
        if (!list) return 115;
        memcpy(list, word + 1, (size_t)given * sizeof *list);
        // One string for all, so that this program needs less memory than the one that it starts.
        static char argument[] = "argument";
        for (int i = 0; i < many; i++) list[given + i] = argument;
        execve(path, list, entries);
    } else {
        execve(path, word + 1, entries);
    }
    perror(path);
    return 116;
}
