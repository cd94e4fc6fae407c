package greet

import "testing"

func TestGreet(t *testing.T) {
	if got := Greet("go"); got != "hello, go" {
		t.Errorf("got %q", got)
	}
}

func TestFails(t *testing.T) {
	t.Skip("only `make fails` runs it")
}
