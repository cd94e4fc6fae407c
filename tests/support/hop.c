/* A program that finds its own name on PATH again and starts it, as version managers do: HOP=exec as mise and goenv, in the
 * same process; HOP=spawn as volta, in a child that is waited for. A number as the first argument counts down, and at 0
 * the program says where it is and ends. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    char *name = strrchr(argv[0], '/');
    name = name ? name + 1 : argv[0];
    if (argc > 1 && strspn(argv[1], "0123456789") == strlen(argv[1])) {
        int left = atoi(argv[1]);
        if (left == 0) {
            const char *chain = getenv("__GOWRAP_CHAIN");
            printf("arrived%s%s\n", chain ? ", and remembers " : "", chain ? chain : "");
            return 0;
        }
        if (asprintf(&argv[1], "%d", left - 1) < 0) return 101;
    }
    const char *how = getenv("HOP");
    pid_t child = how && !strcmp(how, "exec") ? 0 : fork();
    if (child < 0) return 102;
    if (child == 0) {
        execvp(name, argv);
        return 103;
    }
    int status = 0;
    if (waitpid(child, &status, 0) < 0) return 104;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 105;
}
