// Package api holds the contracts of the services.
package api

import _ "embed"

// The OpenAPI documents. Each service serves its own, and the gateway all of them as one.
var (
	//go:embed user.yaml
	User []byte
	//go:embed product.yaml
	Product []byte
	//go:embed order.yaml
	Order []byte
	//go:embed gateway.yaml
	Gateway []byte
)
