// exit N ends with status N, which has 32 bits.
package main

import (
	"os"
	"strconv"
	"syscall"
)

func main() {
	status, err := strconv.ParseUint(os.Args[1], 0, 32)
	if err != nil {
		panic(err)
	}
	syscall.ExitProcess(uint32(status))
}
