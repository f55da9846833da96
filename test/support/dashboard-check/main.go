// Reads dashboards of Grafana as strictly as Grafana's own schema has them: an unknown field, or a value of
// another type, is an error, in panels and queries too.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// What is wrong; the SDK also returns lists with nothing in them.
func found(err error) error {
	var errs cog.BuildErrors
	if errors.As(err, &errs) && len(errs) == 0 {
		return nil
	}
	return err
}

func main() {
	plugins.RegisterDefaultPlugins()
	for _, path := range os.Args[1:] {
		bytes, err := os.ReadFile(path)
		var board dashboard.Dashboard
		if err == nil {
			err = found(board.UnmarshalJSONStrict(bytes))
		}
		if err == nil {
			err = found(board.Validate())
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}
