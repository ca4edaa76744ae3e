// Package fix writes the change that a fix of a check makes: as a patch of the workload's object, as the manifest that holds
// it, and as the pods that would come of it, for which the workload is assessed anew. It applies nothing.
package fix
