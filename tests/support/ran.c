/* A tool that says that it ran, and whose start costs nothing else. */
#include <unistd.h>

int main(void) { return write(1, "ran\n", 4) == 4 ? 0 : 1; }
