package main

func add(a, b int) int {
	sum := a + b
	return sum
}

func main() {
	println("sum", add(40, 2))
}
