// Gen writes generated.go.
package main

import (
	"fmt"
	"os"
)

func main() {
	text := "package main\n\nconst file = \"" + os.Getenv("GOFILE") + "\"\n"
	if err := os.WriteFile("generated.go", []byte(text), 0o644); err != nil {
		panic(err)
	}
	fmt.Println("wrote generated.go for", os.Getenv("GOFILE"), "of", os.Getenv("GOPACKAGE"))
}
