/* Stands for go, gofmt and dlv: writes into /run/proof who ran it and with which variables, and runs the program that
 * GOFLAGS=-toolexec= names, as a build would. */
#define _GNU_SOURCE
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv) {
    FILE *proof = fopen("/run/proof", "a");
    if (!proof) return 0;
    char user[64], file[4096];
    struct passwd *known = getpwuid(geteuid());
    snprintf(user, sizeof user, "%s", known ? known->pw_name : "unknown");
    ssize_t length = readlink("/proc/self/exe", file, sizeof file - 1);
    file[length < 0 ? 0 : length] = 0;
    fprintf(proof, "%s ran %s", user, file);
    for (int i = 1; i < argc; i++) fprintf(proof, " %s", argv[i]);
    fprintf(proof, "\n");
    for (char **entry = environ; *entry; entry++) fprintf(proof, "%s has %s\n", user, *entry);
    fclose(proof);
    char *flags = getenv("GOFLAGS"), *program = flags ? strstr(flags, "-toolexec=") : 0;
    if (program && access(program + 10, X_OK) == 0) execl(program + 10, program + 10, (char *)0);
    return 0;
}
