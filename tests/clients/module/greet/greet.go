// Package greet makes greetings.
package greet

// Greet returns the greeting for a name.
func Greet(name string) string {
	return "hello, " + name
}
