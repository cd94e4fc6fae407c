// stdin copies its input to its output, and prints the number of bytes to standard error.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	count, err := io.Copy(os.Stdout, os.Stdin)
	fmt.Fprintf(os.Stderr, "%d bytes, %v\n", count, err)
}
