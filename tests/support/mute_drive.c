/* Mounts a drive that never answers, then runs a program: mute_drive FOLDER PROGRAM [ARG]...
 *
 * It is a FUSE file system whose server reads nothing, and its source is `C:\`, which makes it a drive by its looks. Whoever
 * asks it for anything waits until this process ends. Needs a mount namespace of its own; the program is a child, and its
 * status becomes ours. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 3) return 111;
    int server = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (server < 0) {
        perror("/dev/fuse");
        return 112;
    }
    char options[100];
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", server);
    if (mount("C:\\", argv[1], "fuse", 0, options) < 0) {
        perror("mount");
        return 113;
    }
    pid_t child = fork();
    if (child < 0) return 114;
    if (child == 0) {
        execv(argv[2], argv + 2);
        _exit(115);
    }
    int status = 0;
    if (waitpid(child, &status, 0) < 0) return 116;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
