// Publishes an event by the client that oapi-codegen generates, reads the page and the stream, and prints
// what it read.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"os"
	"strings"

	"example.test/program/client"
)

func kill(envelope client.EventEnvelope) (seen map[string]any) {
	custom, err := envelope.Event.AsCustomEvent()
	check(err)
	seen = map[string]any{"seq": envelope.Seq, "type": custom.Type}
	if custom.Type == string(client.SystemOomKillEventTypeSystemOomKill) {
		event, err := envelope.Event.AsSystemOomKillEvent()
		check(err)
		seen["name"] = event.Data.ProcessName
		seen["rss_kb"] = event.Data.RssKb
		seen["mem_free_kb"] = *event.Data.MemFreeKb
	}
	return seen
}

func main() {
	ctx := context.Background()
	api, err := client.NewClientWithResponses(os.Args[1])
	check(err)

	stream, err := api.StreamEvents(ctx, nil)
	check(err)
	defer stream.Body.Close()

	published, err := api.PublishEventWithResponse(ctx, client.PublishEventRequest{
		Type: "system_oom_kill",
		Data: client.OomKillData{ProcessName: "chrome", Pid: 2871, RssKb: 1351104, MemFreeKb: new(int64)},
	})
	check(err)
	refused, err := api.PublishEventWithResponse(ctx, client.PublishEventRequest{})
	check(err)

	limit := 10
	page, err := api.ReadEventsWithResponse(ctx, &client.ReadEventsParams{Limit: &limit})
	check(err)
	pages := []any{}
	for _, envelope := range *page.JSON200 {
		pages = append(pages, kill(envelope))
	}

	lines := bufio.NewScanner(stream.Body)
	var streamed client.EventEnvelope
	for lines.Scan() {
		if data, isData := strings.CutPrefix(lines.Text(), "data: "); isData {
			check(json.Unmarshal([]byte(data), &streamed))
			break
		}
	}

	health, err := api.GetHealthWithResponse(ctx)
	check(err)
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"published": kill(*published.JSON200),
		"refused":   refused.JSON400.Message,
		"page":      pages,
		"streamed":  kill(streamed),
		"health":    health.JSON200.Status,
	}))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
