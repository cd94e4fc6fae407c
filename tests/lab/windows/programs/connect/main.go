// connect ADDRESS prints what comes from there until the other side closes, and sends it its own input meanwhile.
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
