// Reads the kernel log with go-kmsg-parser from its end on, and prints the number of each record and whether
// it is a kill line. go-kmsg-parser ends where records were overwritten; it is opened again then.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/euank/go-kmsg-parser/kmsgparser"
)

func open(isAtEnd bool) <-chan kmsgparser.Message {
	parser, err := kmsgparser.NewParser()
	if err != nil {
		panic(err)
	}
	if isAtEnd {
		if err := parser.SeekEnd(); err != nil {
			panic(err)
		}
	}
	return parser.Parse()
}

func main() {
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	messages := open(true)
	last := -1
	tick := time.NewTicker(50 * time.Millisecond)
	for {
		select {
		case message, isOpen := <-messages:
			if !isOpen {
				// It takes the first overwritten record for an error, and ends: who uses it opens again.
				messages = open(false)
				continue
			}
			if message.SequenceNumber <= last {
				continue
			}
			last = message.SequenceNumber
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
