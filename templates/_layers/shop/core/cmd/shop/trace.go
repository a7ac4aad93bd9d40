package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// span is a span as Jaeger's API tells of it:
// https://www.jaegertracing.io/docs/1.76/architecture/apis/
type span struct {
	SpanID        string `json:"spanID"`
	OperationName string `json:"operationName"`
	StartTime     int64  `json:"startTime"` // microseconds
	Duration      int64  `json:"duration"`  // microseconds
	ProcessID     string `json:"processID"`
	References    []struct {
		SpanID string `json:"spanID"`
	} `json:"references"`
	Tags []struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
	} `json:"tags"`
}

// title is the span's name, or the beginning of the SQL statement that it stands for.
func (s span) title() string {
	const width = 60
	for _, tag := range s.Tags {
		if sql, ok := tag.Value.(string); ok && tag.Key == "db.query.text" {
			words := []rune(strings.Join(strings.Fields(sql), " "))
			return string(words[:min(len(words), width)])
		}
	}
	return s.OperationName
}

type traceAnswer struct {
	Data []struct {
		Spans     []span `json:"spans"`
		Processes map[string]struct {
			ServiceName string `json:"serviceName"`
		} `json:"processes"`
	} `json:"data"`
}

// settle is how long the services take, at most, to send their last spans.
const settle = 8 * time.Second

// printTrace prints the trace as a tree, after a time in which Jaeger should have got all
// of it.
func printTrace(ctx context.Context, out io.Writer, jaegerURL, id string, wait time.Duration) error {
	fmt.Fprintf(out, "(%s/trace/%s, in a moment)\n\n", jaegerURL, id)
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return ctx.Err()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, jaegerURL+"/api/traces/"+id, http.NoBody)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask Jaeger: %w", err)
	}
	defer response.Body.Close()
	var answer traceAnswer
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("read Jaeger's answer: %w", err)
	}
	if len(answer.Data) == 0 {
		return fmt.Errorf("trace %s is not known to Jaeger", id)
	}
	found := answer.Data[0]
	children := make(map[string][]span)
	for _, s := range found.Spans {
		parent := ""
		if len(s.References) > 0 {
			parent = s.References[0].SpanID
		}
		children[parent] = append(children[parent], s)
	}
	begin := slices.MinFunc(found.Spans, func(a, b span) int { return cmp.Compare(a.StartTime, b.StartTime) }).StartTime
	var show func(parent string, depth int)
	show = func(parent string, depth int) {
		below := children[parent]
		slices.SortFunc(below, func(a, b span) int { return cmp.Compare(a.StartTime, b.StartTime) })
		for _, s := range below {
			name := strings.Repeat("  ", depth) + s.title()
			fmt.Fprintf(out, "%7.1f ms  %6.1f ms  %-8s %s\n",
				float64(s.StartTime-begin)/1000, float64(s.Duration)/1000, found.Processes[s.ProcessID].ServiceName, name)
			show(s.SpanID, depth+1)
		}
	}
	fmt.Fprintln(out, "     start    duration  service")
	show("", 0)
	return nil
}
