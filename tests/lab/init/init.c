/* /init of the simulated WSL: a static ELF like the real one, which executes init.py.
 *
 * It finds two facts that a script cannot find. One is the caller's argv[0]: the real /init selects its function by that
 * basename, and the kernel drops argv[0] when it starts a script. The other is if binfmt_misc started this process: then
 * AT_EXECFN is the Windows program, and bit 0 of AT_FLAGS is set if the flag P kept the caller's argv[0].
 *
 *     python3 -ISB /run/lab/init/init.py  binfmt|binfmt-P|direct  ARGV0  ARG...
 */
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define PRESERVED_ARGV0 1

static const char *how_we_came(void)
{
	const char *started = (const char *)getauxval(AT_EXECFN);
	const char *name = started ? strrchr(started, '/') : NULL;
	static const char *const own[] = { "init", "wslinfo", "wslpath" };

	if (getauxval(AT_FLAGS) & PRESERVED_ARGV0)
		return "binfmt-P";
	name = name ? name + 1 : started;
	for (unsigned i = 0; name && i < sizeof own / sizeof *own; i++)
		if (!strcmp(name, own[i]))
			return "direct";
	return "binfmt";
}

int main(int argc, char **argv)
{
	char *next[argc + 6];
	int n = 0, fd;

	/* Python's sockets and pipes would get the descriptors of closed standard files. */
	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= 2)
		;
	close(fd);

	next[n++] = "python3";
	next[n++] = "-ISB";
	next[n++] = "/run/lab/init/init.py";
	next[n++] = (char *)how_we_came();
	next[n++] = argc ? argv[0] : "";
	for (int i = 1; i < argc; i++)
		next[n++] = argv[i];
	next[n] = NULL;
	execv("/usr/bin/python3", next);
	return 127;
}
