/* The simplest launcher in C: a static program that only calls execv. */
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 1) execv(argv[1], argv + 1);
    return 127;
}
