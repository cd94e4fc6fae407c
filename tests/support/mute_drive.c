/* Mounts a drive that never answers, then runs a program: mute_drive FOLDER PROGRAM [ARG]...
 *
 * A FUSE mount is never a drive, so it is the lower layer of an overlay whose source is `C:\`, which makes that one a drive.
 * The FUSE server answers until the overlay is there, and is then stopped: a look at the drive waits until it ends. Needs a
 * mount namespace of its own; the program is a child, and its status becomes ours. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* One empty folder; nothing is kept in the kernel's cache. */
static void serve(int device) {
    static char in[1 << 20];
    for (;;) {
        ssize_t length = read(device, in, sizeof in);
        if (length < 0 && (errno == EINTR || errno == ENOENT)) continue;
        if (length < (ssize_t)sizeof(struct fuse_in_header)) _exit(0);
        const struct fuse_in_header *asked = (const void *)in;
        struct fuse_attr_out attributes = {.attr = {.ino = 1, .mode = S_IFDIR | 0755, .nlink = 2, .blksize = 4096}};
        struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};
        struct fuse_statfs_out space = {.st = {.bsize = 4096, .namelen = 255, .frsize = 4096}};
        struct fuse_open_out opened = {.fh = 1};
        struct fuse_out_header out = {.len = sizeof out, .error = -ENOSYS, .unique = asked->unique};
        const void *data = NULL;
        size_t size = 0;
        switch (asked->opcode) {
        case FUSE_INIT: data = &init, size = sizeof init; break;
        case FUSE_GETATTR: data = &attributes, size = sizeof attributes; break;
        case FUSE_STATFS: data = &space, size = sizeof space; break;
        case FUSE_OPENDIR: data = &opened, size = sizeof opened; break;
        case FUSE_READDIR: case FUSE_RELEASEDIR: out.error = 0; break;
        case FUSE_LOOKUP: out.error = -ENOENT; break;
        case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT: continue;
        }
        if (data) out.error = 0;
        out.len += (unsigned)size;
        char answer[sizeof out + 256];
        memcpy(answer, &out, sizeof out);
        if (size) memcpy(answer + sizeof out, data, size);
        if (write(device, answer, sizeof out + size) < 0 && errno == ENODEV) _exit(0);
    }
}

int main(int argc, char **argv) {
    if (argc < 3) return 111;
    int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (device < 0) {
        perror("/dev/fuse");
        return 112;
    }
    /* Two folders for the layers, where nothing but this namespace sees them. */
    if (mount("none", argv[1], "tmpfs", 0, "") < 0 || chdir(argv[1]) < 0 || mkdir("mute", 0755) < 0 || mkdir("empty", 0755) < 0) {
        perror("tmpfs");
        return 113;
    }
    char options[100];
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
    if (mount("mute", "mute", "fuse", 0, options) < 0) {
        perror("fuse");
        return 113;
    }
    pid_t server = fork();
    if (server < 0) return 114;
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(device);
    }
    if (mount("C:\\", argv[1], "overlay", MS_RDONLY, "lowerdir=mute:empty") < 0) {
        perror("overlay");
        kill(server, SIGKILL);
        return 113;
    }
    kill(server, SIGSTOP);
    pid_t child = fork();
    if (child < 0) return 114;
    if (child == 0) {
        if (chdir("/") < 0) _exit(115);
        execv(argv[2], argv + 2);
        _exit(115);
    }
    int status = 0;
    pid_t ended = waitpid(child, &status, 0);
    /* The connection ends with its last descriptor, and with it everything that still waits. */
    kill(server, SIGKILL);
    if (ended < 0) return 116;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
