/* The Windows part of starting a program for Linux, as wsl.exe and wslhost.exe do it.
 *
 *     wslhost.exe            prints "ready" and sleeps: keeps wine's services running between programs
 *     wslhost.exe REQUEST    starts one program and exits when it has ended
 *
 * REQUEST is a file of NUL-terminated UTF-16 strings: application, command line, working directory ("" for this process's
 * own), then the name and value of each variable to set; an empty value deletes the variable. The result is written to
 * REQUEST.result: `exit N` (all 32 bits of N), or `error N` (CreateProcess's error). If the file REQUEST.kill appears, the
 * Linux side is gone: the child is ended with status 1, but its children are not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

static wchar_t *with_suffix(const wchar_t *path, const wchar_t *suffix)
{
	wchar_t *name = malloc((wcslen(path) + wcslen(suffix) + 1) * sizeof *name);
	return wcscat(wcscpy(name, path), suffix);
}

static wchar_t *read_request(const wchar_t *path)
{
	HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	DWORD size = GetFileSize(file, NULL), got = 0;
	char *text = calloc(1, size + 4 * sizeof(wchar_t));

	if (file == INVALID_HANDLE_VALUE || !ReadFile(file, text, size, &got, NULL) || got != size)
		ExitProcess(250);
	CloseHandle(file);
	return (wchar_t *)text;
}

static void write_result(const wchar_t *request, const char *word, DWORD number)
{
	char text[32];
	DWORD done;
	HANDLE file = CreateFileW(with_suffix(request, L".result"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);

	WriteFile(file, text, sprintf(text, "%s %lu", word, (unsigned long)number), &done, NULL);
	CloseHandle(file);
}

/* Names differ by case here, as in the real WSL: PATH from Linux is another variable than Path. */
static int is_overlaid(const wchar_t *entry, const wchar_t *overlay)
{
	for (const wchar_t *name = overlay; *name; ) {
		size_t length = wcslen(name);
		if (!wcsncmp(entry, name, length) && entry[length] == L'=')
			return 1;
		name += length + 1;
		name += wcslen(name) + 1;
	}
	return 0;
}

static wchar_t *build_environment(const wchar_t *overlay, size_t overlay_size)
{
	wchar_t *own = GetEnvironmentStringsW();
	size_t size = 0;
	for (const wchar_t *entry = own; *entry; entry += wcslen(entry) + 1)
		size += wcslen(entry) + 1;

	wchar_t *block = calloc(size + overlay_size + 2, sizeof *block), *end = block;
	for (const wchar_t *entry = own; *entry; entry += wcslen(entry) + 1) {
		if (!wcsncmp(entry, L"LANG=", 5) || is_overlaid(entry, overlay)) /* LANG is wine's own need */
			continue;
		wcscpy(end, entry);
		end += wcslen(entry) + 1;
	}
	for (const wchar_t *name = overlay; *name; ) {
		const wchar_t *value = name + wcslen(name) + 1;
		if (*value)
			end += swprintf(end, wcslen(name) + wcslen(value) + 2, L"%ls=%ls", name, value) + 1;
		name = value + wcslen(value) + 1;
	}
	return block;
}

/* wine would start any other file as a Linux program. A file that cannot be read passes, and CreateProcess reports it. */
static int is_foreign(const wchar_t *path)
{
	IMAGE_DOS_HEADER dos = { 0 };
	DWORD signature = 0, got;
	HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);

	if (file == INVALID_HANDLE_VALUE)
		return 0;
	if (ReadFile(file, &dos, sizeof dos, &got, NULL) && dos.e_magic == IMAGE_DOS_SIGNATURE
	    && SetFilePointer(file, dos.e_lfanew, NULL, FILE_BEGIN) != INVALID_SET_FILE_POINTER)
		ReadFile(file, &signature, sizeof signature, &got, NULL);
	CloseHandle(file);
	return signature != IMAGE_NT_SIGNATURE;
}

static size_t overlay_length(const wchar_t *overlay)
{
	const wchar_t *end = overlay;
	while (*end) {
		end += wcslen(end) + 1;
		end += wcslen(end) + 1;
	}
	return end - overlay;
}

static int run(const wchar_t *request)
{
	wchar_t *application = read_request(request);
	wchar_t *command_line = application + wcslen(application) + 1;
	wchar_t *directory = command_line + wcslen(command_line) + 1;
	wchar_t *overlay = directory + wcslen(directory) + 1;
	wchar_t *kill = with_suffix(request, L".kill");
	STARTUPINFOW start = { .cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES };
	PROCESS_INFORMATION process;
	DWORD status = 1;

	/* As an argument of CreateProcess, a directory \\\\server\\share is garbled in wine 8. An inherited one is not. */
	if (*directory && !SetCurrentDirectoryW(directory)) {
		write_result(request, "error", ERROR_DIRECTORY);
		return 1;
	}
	if (is_foreign(application)) {
		write_result(request, "error", ERROR_BAD_EXE_FORMAT);
		return 1;
	}
	start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
	start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	if (!CreateProcessW(application, command_line, NULL, NULL, TRUE, CREATE_UNICODE_ENVIRONMENT | CREATE_NO_WINDOW,
	                    build_environment(overlay, overlay_length(overlay)), NULL, &start, &process)) {
		write_result(request, "error", GetLastError());
		return 1;
	}
	while (WaitForSingleObject(process.hProcess, 20) == WAIT_TIMEOUT)
		if (GetFileAttributesW(kill) != INVALID_FILE_ATTRIBUTES)
			TerminateProcess(process.hProcess, 1);
	GetExitCodeProcess(process.hProcess, &status);
	write_result(request, "exit", status);
	return 0;
}

int wmain(int argc, wchar_t **argv)
{
	if (argc > 1)
		return run(argv[1]);
	puts("ready");
	fflush(stdout);
	Sleep(INFINITE);
	return 0;
}
