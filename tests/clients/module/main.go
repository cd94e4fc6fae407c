// Hello says hello.
package main

import (
	"fmt"

	"example.org/hello/greet"
)

//go:generate go run ./gen

func main() {
	fmt.Println(greet.Greet("gowrap"))
}
