/* Stands in for a tool: writes its arguments and its environment to standard output, each ended by a NUL. An argument has an
 * `A` in front of it, a variable an `E`. */
#include <stdio.h>

int main(int argc, char **argv, char **environ) {
    for (int i = 0; i < argc; i++) printf("A%s%c", argv[i], 0);
    for (char **entry = environ; *entry; entry++) printf("E%s%c", *entry, 0);
    return 0;
}
