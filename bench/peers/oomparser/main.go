// Feeds a file of raw /dev/kmsg records, one record a read as the device does, through
// go-kmsg-parser and cadvisor's oomparser, and prints how long it took.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"reflect"
	"time"
	"unsafe"

	"github.com/euank/go-kmsg-parser/kmsgparser"
	"github.com/google/cadvisor/utils/oomparser"
)

// device gives one record a read, like /dev/kmsg.
type device struct {
	lines *bufio.Reader
	file  *os.File
	count int
}

func (d *device) Read(into []byte) (int, error) {
	line, err := d.lines.ReadSlice('\n')
	if err != nil {
		return 0, io.EOF
	}
	d.count++
	return copy(into, line), nil
}

func (d *device) Seek(int64, int) (int64, error) { return 0, nil }

func (d *device) Close() error { return d.file.Close() }

func set(target any, field string, value any) {
	f := reflect.ValueOf(target).Elem().FieldByName(field)
	reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	parser, err := kmsgparser.NewParser()
	if err != nil {
		panic(err)
	}
	source := &device{lines: bufio.NewReaderSize(file, 1<<20), file: file}
	set(parser, "kmsgReader", kmsgparser.ReadSeekCloser(source))
	watcher := &oomparser.OomParser{}
	set(watcher, "parser", parser)
	out := make(chan *oomparser.OomInstance, 1024)
	kills := 0
	done := make(chan struct{})
	go func() {
		for range out {
			kills++
		}
		close(done)
	}()
	start := time.Now()
	watcher.StreamOoms(out)
	seconds := time.Since(start).Seconds()
	close(out)
	<-done
	fmt.Printf("{\"records\":%d,\"kills\":%d,\"seconds\":%f}\n", source.count, kills, seconds)
}
