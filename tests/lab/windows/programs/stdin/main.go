// stdin copies its input to its output, and says on standard error how much it was.
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
