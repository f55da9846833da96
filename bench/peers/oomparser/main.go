// Feeds a file of raw /dev/kmsg records, one record a read as the device does, through
// go-kmsg-parser and cadvisor's oomparser, five times over, and prints how long
// the first and the last pass took.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"reflect"
	"syscall"
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

// cpuSeconds is the processor time of this process so far.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// pass reads the file once through.
func pass(path string) (records, kills int, seconds, cpu float64) {
	file, err := os.Open(path)
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
	done := make(chan struct{})
	go func() {
		for range out {
			kills++
		}
		close(done)
	}()
	cpuBefore := cpuSeconds()
	start := time.Now()
	watcher.StreamOoms(out)
	seconds = time.Since(start).Seconds()
	cpu = cpuSeconds() - cpuBefore
	close(out)
	<-done
	return source.count, kills, seconds, cpu
}

func main() {
	_, _, first, _ := pass(os.Args[1])
	var records, kills int
	var seconds, cpu float64
	for i := 1; i < 5; i++ {
		records, kills, seconds, cpu = pass(os.Args[1])
	}
	fmt.Printf("{\"records\":%d,\"kills\":%d,\"seconds\":%f,\"cpu\":%f,\"first\":%f}\n",
		records, kills, seconds, cpu, first)
}
