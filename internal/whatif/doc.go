// Package whatif tells what a change of policies would break before it is applied: it compares what would become of the pods of
// each workload, should they have to start again, before and after the change.
//
// A pod that nobody creates again is judged as well, for whoever creates it by hand. The package judges and compares; whoever
// calls it changes the model in between. It reads what is given to it and talks to nobody.
package whatif
