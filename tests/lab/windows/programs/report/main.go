// report prints JSON: its arguments, raw command line, path, working directory and environment. With -o FILE as its first
// two arguments, it writes to FILE instead.
package main

import (
	"encoding/json"
	"os"
	"syscall"
	"unsafe"
)

func commandLine() string {
	text := unsafe.Slice(syscall.GetCommandLine(), 1<<16)
	for i, unit := range text {
		if unit == 0 {
			return syscall.UTF16ToString(text[:i])
		}
	}
	return ""
}

func main() {
	executable, _ := os.Executable()
	directory, _ := os.Getwd()
	text, err := json.Marshal(map[string]any{
		"args": os.Args, "command_line": commandLine(), "executable": executable, "cwd": directory, "env": os.Environ(),
	})
	if err != nil {
		panic(err)
	}
	out := os.Stdout
	if len(os.Args) > 2 && os.Args[1] == "-o" {
		if out, err = os.Create(os.Args[2]); err != nil {
			panic(err)
		}
	}
	out.Write(append(text, '\n'))
}
