package tests

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"
)

// TestTrace follows one checkout with a real Jaeger: it is one trace, with one root, in
// which every service has its part.
func TestTrace(t *testing.T) {
	jaeger, collector := os.Getenv("TEST_JAEGER_URL"), os.Getenv("TEST_OTLP_ENDPOINT")
	if jaeger == "" || collector == "" {
		t.Skip("needs Jaeger: set TEST_JAEGER_URL (the API) and TEST_OTLP_ENDPOINT (the collector)")
	}
	s := startShop(t, 1, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_BSP_SCHEDULE_DELAY": "200"})
	productID := s.newProduct(t, s.admin(t), 10)
	buyer := s.newClient(t)
	var placed order
	if err := buyer.call(t.Context(), http.MethodPost, "/v1/orders", orderRequest("card", 1, productID), &placed); err != nil {
		t.Fatal(err)
	}
	id := buyer.trace
	if id == "" {
		t.Fatal("the answer has no Trace-Id")
	}
	eventually(t, "the whole trace is in Jaeger", patience, func(ctx context.Context) error {
		spans, err := fetchTrace(ctx, jaeger, id)
		if err != nil {
			return err
		}
		return checkTrace(spans)
	})
}

type span struct {
	id, parent, service, operation string
}

// fetchTrace asks Jaeger's API: https://www.jaegertracing.io/docs/1.76/architecture/apis/
func fetchTrace(ctx context.Context, jaeger, id string) ([]span, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, jaeger+"/api/traces/"+id, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct {
		Data []struct {
			Spans []struct {
				SpanID        string `json:"spanID"`
				OperationName string `json:"operationName"`
				ProcessID     string `json:"processID"`
				References    []struct {
					SpanID string `json:"spanID"`
				} `json:"references"`
			} `json:"spans"`
			Processes map[string]struct {
				ServiceName string `json:"serviceName"`
			} `json:"processes"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if len(answer.Data) != 1 {
		return nil, fmt.Errorf("Jaeger has %d traces %s", len(answer.Data), id)
	}
	var spans []span
	for _, found := range answer.Data[0].Spans {
		s := span{id: found.SpanID, service: answer.Data[0].Processes[found.ProcessID].ServiceName, operation: found.OperationName}
		if len(found.References) > 0 {
			s.parent = found.References[0].SpanID
		}
		spans = append(spans, s)
	}
	return spans, nil
}

func checkTrace(spans []span) error {
	known := make(map[string]bool)
	services := make(map[string]bool)
	operations := make(map[string]bool)
	for _, s := range spans {
		known[s.id] = true
		services[s.service] = true
		operations[s.service+": "+s.operation] = true
	}
	var errs []error
	var roots []string
	for _, s := range spans {
		switch {
		case s.parent == "":
			roots = append(roots, s.operation)
		case !known[s.parent]:
			errs = append(errs, fmt.Errorf("%s of %s has a parent that is not there", s.operation, s.service))
		}
	}
	if len(roots) != 1 {
		errs = append(errs, fmt.Errorf("roots are %q, want one", roots))
	}
	for _, service := range []string{"gateway", "order", "product", "user"} {
		if !services[service] {
			errs = append(errs, fmt.Errorf("%s has no span", service))
		}
	}
	for _, operation := range []string{
		"gateway: POST /v1/orders", "order: POST /v1/orders", "product: process stock.reserve.v1",
		"order: process payment.take.v1", "product: process stock.confirm.v1", "user: process order.completed.v1",
	} {
		if !operations[operation] {
			errs = append(errs, fmt.Errorf("there is no span %q, only %q", operation, slices.Sorted(maps.Keys(operations))))
		}
	}
	return errors.Join(errs...)
}
