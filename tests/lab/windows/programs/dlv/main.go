// dlv replaces a Windows delve: it listens on the given address, prints delve's line, answers one connection with its
// arguments, and ends. A command that does not listen prints the arguments.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
)

func option(args []string, names ...string) (string, bool) {
	value, found := "", false
	for i, arg := range args {
		if arg == "--" {
			break
		}
		for _, name := range names {
			if arg == name && i+1 < len(args) {
				value, found = args[i+1], true
			} else if strings.HasPrefix(arg, name+"=") {
				value, found = arg[len(name)+1:], true
			}
		}
	}
	return value, found
}

func has(args []string, name string) bool {
	for _, arg := range args {
		if arg == "--" {
			return false
		}
		if arg == name || arg == name+"=true" {
			return true
		}
	}
	return false
}

func main() {
	args := os.Args[1:]
	words := map[bool]string{true: "DAP", false: "API"}
	isDAP := len(args) > 0 && args[0] == "dap"
	if !isDAP && !has(args, "--headless") {
		json.NewEncoder(os.Stdout).Encode(os.Args)
		return
	}
	address, given := option(args, "--listen", "-l")
	if !given {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Fprintf(os.Stderr, "couldn't start listener: %s\n", err)
		os.Exit(1)
	}
	fmt.Printf("%s server listening at: %s\n", words[isDAP], listener.Addr())
	connection, err := listener.Accept()
	if err != nil {
		os.Exit(1)
	}
	json.NewEncoder(connection).Encode(os.Args)
	connection.Close()
}
