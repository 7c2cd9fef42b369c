// Command evilbench measures intrusion detection systems on traffic whose truth is known packet by packet.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, terminal: isTerminal(os.Stderr)}
	code := a.main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
