// Package netpol compares internal/netpol with the matcher of cyclonus on random policies and random connections. It is a
// module of its own, so that what cyclonus drags along never becomes a dependency of the product.
package netpol
