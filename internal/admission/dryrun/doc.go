// Package dryrun asks the API server itself whether a pod would be admitted, by a create that is never stored.
//
// It sees what no evaluation in process can: webhooks, quotas, what LimitRanges allow, a missing ServiceAccount,
// PriorityClass or RuntimeClass, and the plugins and policies of files of the API server. It is the only part of admission
// with input and output, and it is off by default, for a dry-run needs the right to create pods.
//
// A Candidate is what the controller would post. A Submitter posts it with dryRun=All and makes of the answer an Answer. A
// Queue decides what is asked and when, by what changed and never by a sweep; a Loop drives it. A Guard makes sure that the
// right cannot be used for anything else: a ValidatingAdmissionPolicy refuses whatever the own ServiceAccount wants of pods
// other than a dry-run. While the Guard does not find it in force, nothing is asked.
package dryrun
