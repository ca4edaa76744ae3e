// Package model is all that is known of a cluster: what runs, what RBAC grants, what decides about admission, who reaches
// whom by the network, and what leads to what. The controller fills it from watches, the command line from files or from
// one listing; both ask the same questions of it.
package model

import (
	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// Model holds the incremental indexes of a cluster, side by side. Each is safe for concurrent use.
type Model struct {
	Snapshot *snapshot.Snapshot
	Grants   *rbac.Index
	Policies *admission.Policies
	Network  *netpol.Index
	Graph    *attackgraph.Graph
	// Exceptions say what somebody has accepted. They are no part of the verdict.
	Exceptions *exception.Store
	// Drain is nil unless somebody asks about drains. It is filled by one listing and not safe for concurrent use.
	Drain *drain.Facts
}

// New returns a model of which nothing has been read yet. The custom resources are added to those that lead to pods.
func New(custom ...rbac.CustomResource) *Model {
	return &Model{
		Snapshot: snapshot.New(), Grants: rbac.New(custom...), Policies: admission.New(), Network: netpol.New(), Graph: attackgraph.New(),
		Exceptions: exception.NewStore(),
	}
}

// NewPartial is New for a cluster of which only a part is given, as by manifests: there may be more namespaces and pods.
func NewPartial(custom ...rbac.CustomResource) *Model {
	m := New(custom...)
	m.Network = netpol.NewPartial()
	return m
}
