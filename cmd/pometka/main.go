// Command pometka is the request desk of an operator of personal data: it
// watches a mailbox, registers the letters by which people use their rights,
// acknowledges them and reminds staff of every deadline.
package main

func main() {}
