// Package printer turns reports into bytes: a table for people, JSON and YAML for programs. The same reports give the same
// bytes, in whatever order they come.
package printer
