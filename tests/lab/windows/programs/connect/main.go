// connect ADDRESS connects, sends its standard input, and prints what it receives until the other side closes.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

func main() {
	connection, err := net.DialTimeout("tcp", os.Args[1], 3*time.Second)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go io.Copy(connection, os.Stdin)
	io.Copy(os.Stdout, connection)
}
