/* A dynamic program, as distributions link their tools. */
int main(void) { return 0; }
