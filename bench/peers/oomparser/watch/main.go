// Waits for OOM kills in the kernel log with cadvisor's oomparser, as who does nothing else would.
package main

import (
	"fmt"

	"github.com/google/cadvisor/utils/oomparser"
)

func main() {
	parser, err := oomparser.New()
	if err != nil {
		panic(err)
	}
	kills := make(chan *oomparser.OomInstance, 16)
	go parser.StreamOoms(kills)
	for kill := range kills {
		fmt.Println(kill.Pid)
	}
}
