// A minimal eventlistener: posts a crash, then acknowledges it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func tokens(line string) map[string]string {
	found := map[string]string{}
	for _, token := range strings.Fields(line) {
		if key, value, ok := strings.Cut(token, ":"); ok {
			found[key] = value
		}
	}
	return found
}

func main() {
	url := os.Getenv("KERNEL_IMAGES_API_BASE_URL") + "/telemetry/events"
	input := bufio.NewReader(os.Stdin)
	for {
		fmt.Print("READY\n")
		line, err := input.ReadString('\n')
		if err != nil {
			return
		}
		header := tokens(line)
		length, _ := strconv.Atoi(header["len"])
		buffer := make([]byte, length)
		io.ReadFull(input, buffer)
		payload := tokens(string(buffer))
		if payload["expected"] == "0" {
			pid, _ := strconv.Atoi(payload["pid"])
			body, _ := json.Marshal(map[string]any{
				"type": "service_crashed",
				"source": map[string]any{
					"kind":  "local_process",
					"event": "service.crashed",
					"metadata": map[string]string{
						"supervisor_instance": "go", "supervisor_serial": header["serial"],
					},
				},
				"data": map[string]any{
					"service_name": payload["processname"],
					"group_name":   payload["groupname"],
					"phase":        "running",
					"pid":          pid,
				},
				"ts": time.Now().UnixMicro(),
			})
			if response, err := http.Post(url, "application/json", bytes.NewReader(body)); err == nil {
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		}
		fmt.Print("RESULT 2\nOK")
	}
}
