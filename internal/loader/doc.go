// Package loader fills a snapshot, and an index of what RBAC grants, from manifests, so that the command line and the
// controller share one engine.
//
// It reads what a user wrote: strictly, document by document, so that one broken document costs no other. Its package
// live fills a snapshot from one listing of a cluster. Neither keeps a secret: objects go through the same transforms as
// in the caches of the controller, and errors name fields, never values.
package loader
