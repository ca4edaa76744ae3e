package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// storage is the size of etcd's database in bytes, as the API server tells it.
func (l *lab) storage(ctx context.Context) (float64, error) {
	body, err := l.clients.RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the metrics of the API server: %w", err)
	}
	for line := range strings.SplitSeq(string(body), "\n") {
		if strings.HasPrefix(line, "apiserver_storage_size_bytes{") {
			fields := strings.Fields(line)
			return strconv.ParseFloat(fields[len(fields)-1], 64)
		}
	}
	return 0, fmt.Errorf("the API server does not tell the size of its storage")
}

// encodedBytes is the size of what a report says.
func encodedBytes(r *daysixv1alpha1.PodSecurityReport) int {
	data, err := json.Marshal(struct {
		Spec   daysixv1alpha1.PodSecurityReportSpec   `json:"spec"`
		Status daysixv1alpha1.PodSecurityReportStatus `json:"status"`
	}{r.Spec, r.Status})
	if err != nil {
		return 0
	}
	return len(data)
}

func unstructuredOf(content map[string]any) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: content}
	unstructured.RemoveNestedField(object.Object, "metadata", "creationTimestamp")
	return object
}
