// Package config is the configuration file of the audit: its type, its defaults and what is valid.
//
// It reads bytes and decides nothing about a workload. Following the file while it changes is the task of watch.
package config
