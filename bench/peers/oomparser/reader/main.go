// Reads the kernel log with go-kmsg-parser from its end on, and prints the number of each record and whether
// it is a kill line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/euank/go-kmsg-parser/kmsgparser"
)

func main() {
	parser, err := kmsgparser.NewParser()
	if err != nil {
		panic(err)
	}
	if err := parser.SeekEnd(); err != nil {
		panic(err)
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	messages := parser.Parse()
	tick := time.NewTicker(50 * time.Millisecond)
	for {
		select {
		case message, open := <-messages:
			if !open {
				out.Flush()
				return
			}
			kill := 0
			if strings.Contains(message.Message, "Killed process ") {
				kill = 1
			}
			fmt.Fprintf(out, "%d %d\n", message.SequenceNumber, kill)
		case <-tick.C:
			out.Flush()
		}
	}
}
