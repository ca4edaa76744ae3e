// Package html writes the reports as one page that works without a network: overview, workloads, what would come back, and a
// page for each workload.
//
// The page is a fixed shell with its style and its script inside, and one block of JSON. Nothing that comes from a cluster or a
// manifest is part of the markup: names are in the JSON alone, where no character can end the block, and the script puts them on
// the page as text. A content security policy names the hashes of style and script, so that nothing else can run or be loaded,
// and forbids the script to make markup from text (Trusted Types).
//
// The script is plain JavaScript without a framework, in modules under assets that are joined in the order of their imports.
package html
