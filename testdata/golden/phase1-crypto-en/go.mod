module github.com/acme/crypto-price

go 1.26.0

require (
	github.com/cenkalti/backoff/v5 v5.0.3
	github.com/guptarohit/asciigraph v0.10.0
	github.com/shopspring/decimal v1.6.0
	github.com/spf13/cobra v1.10.2
	go.yaml.in/yaml/v4 v4.0.0
	golang.org/x/sys v0.49.0
	golang.org/x/term v0.47.0
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
)
