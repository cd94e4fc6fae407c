// sleep SECONDS [FILE] prints "sleeping", sleeps, and then makes FILE. Without FILE, it was ended before.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	seconds, err := strconv.ParseFloat(os.Args[1], 64)
	if err != nil {
		panic(err)
	}
	fmt.Println("sleeping")
	time.Sleep(time.Duration(seconds * float64(time.Second)))
	if len(os.Args) > 2 {
		if err := os.WriteFile(os.Args[2], nil, 0o666); err != nil {
			panic(err)
		}
	}
}
