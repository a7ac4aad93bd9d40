// Package memory keeps in the memory of the process what the gateway's replicas need not
// share.
package memory
