/* A tool as distributions link it: with a loader. */
int main(void) { return 0; }
