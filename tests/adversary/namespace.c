/* A machine inside the machine: namespace TARGET CONTENTS [traced] makes a user and a mount namespace, as any user may, in which
 * CONTENTS lies at TARGET, and waits. /proc/PID/root then leads there, while its text says `/`; since the process cannot be
 * traced, those links belong to root; with `traced` it can be. Status 3: this machine does not allow it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

static int put(const char *file, const char *text) {
    int out = open(file, O_WRONLY);
    return out < 0 || write(out, text, strlen(text)) < 0;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    char map[40];
    unsigned user = getuid(), group = getgid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0) return 3;
    snprintf(map, sizeof map, "0 %u 1", user);
    if (put("/proc/self/uid_map", map) || put("/proc/self/setgroups", "deny")) return 3;
    snprintf(map, sizeof map, "0 %u 1", group);
    if (put("/proc/self/gid_map", map)) return 3;
    if (mount(argv[2], argv[1], 0, MS_BIND | MS_REC, 0) < 0) return 3;
    if (chdir(argv[1]) < 0 || prctl(PR_SET_DUMPABLE, argc > 3) < 0) return 3;
    FILE *ready = fopen("/run/notes/namespace", "w");
    if (ready) fprintf(ready, "%d\n", getpid()), fclose(ready);
    for (;;) pause();
}
