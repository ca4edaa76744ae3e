package candidate

import "strings"

// User is who asks the API server for a pod.
type User struct {
	Name   string
	Groups []string
}

// UserOf is the user as whom the controller of an owner creates its pods; false for a kind of owner that is not one of
// kube-controller-manager's.
//
// This is so where kube-controller-manager runs with --use-service-account-credentials, as kubeadm and every large provider
// run it. Without the flag, which no API shows, all its controllers are the user system:kube-controller-manager.
func UserOf(owner Owner) (User, bool) {
	var account string
	switch owner.builtIn() {
	case kindDeployment, kindReplicaSet:
		account = "replicaset-controller"
	case kindReplicationController:
		account = "replication-controller"
	case kindStatefulSet:
		account = "statefulset-controller"
	case kindDaemonSet:
		account = "daemon-set-controller"
	case kindJob, kindCronJob:
		account = "job-controller"
	default:
		return User{}, false
	}
	return User{
		Name: strings.Join([]string{"system", "serviceaccount", "kube-system", account}, ":"),
		Groups: []string{
			"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated",
		},
	}, true
}
