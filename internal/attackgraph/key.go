package attackgraph

import "cmp"

// Key names an object of the cluster. It has the fields of the snapshot's key, so that one converts into the other.
type Key struct {
	Group     string
	Kind      string
	Namespace string
	Name      string
}

// String is the key in the form that reports use: Deployment.apps shop/cart.
func (k Key) String() string {
	kind := k.Kind
	if k.Group != "" {
		kind += "." + k.Group
	}
	return kind + " " + k.Namespace + "/" + k.Name
}

// Compare orders keys by namespace, kind, group and name.
func (k Key) Compare(other Key) int {
	return cmp.Or(
		cmp.Compare(k.Namespace, other.Namespace),
		cmp.Compare(k.Kind, other.Kind),
		cmp.Compare(k.Group, other.Group),
		cmp.Compare(k.Name, other.Name),
	)
}
