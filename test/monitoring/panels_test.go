package monitoring

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/common/model"
)

// empty are the panels that have nothing to show here, each with the reason. One that shows something must not be listed.
func empty() map[string]string {
	return map[string]string{
		"daysix-overview/Next expiry":                   "there is no exception that ends",
		"daysix-operations/Guard of the dry-run mode":   "the mode is off",
		"daysix-operations/Why a restart is not judged": "every restart is",
	}
}

// grafana is what the test needs of a dashboard.
type grafana struct {
	UID    string
	Panels []struct {
		Title, Type string
		Targets     []struct{ Expr string }
	}
}

// panels asks Prometheus for each panel of each dashboard, with the workload that is dangerous chosen at its head.
func panels(ctx context.Context) {
	GinkgoHelper()
	files, err := filepath.Glob(filepath.Join(root, "config", "components", "grafana", "*.json"))
	Expect(err).NotTo(HaveOccurred())
	Expect(files).To(HaveLen(4))
	unseen := empty()
	var wrong []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		var board grafana
		Expect(json.Unmarshal(text, &board)).To(Succeed())
		for _, panel := range board.Panels {
			name := board.UID + "/" + panel.Title
			_, exempt := empty()[name]
			delete(unseen, name)
			for _, target := range panel.Targets {
				expr := chosen(target.Expr)
				answer, err := query(ctx, expr)
				Expect(err).NotTo(HaveOccurred(), name+": "+expr)
				if shows(answer) == exempt {
					wrong = append(wrong, name+": "+expr+" is "+answer.String())
				}
			}
			if panel.Type != "row" && len(panel.Targets) == 0 {
				wrong = append(wrong, name+" asks nothing")
			}
		}
	}
	Expect(wrong).To(BeEmpty())
	Expect(unseen).To(BeEmpty(), "exempt, and not there")
}

// chosen is an expression with the variables at the head of its dashboard chosen.
func chosen(expr string) string {
	return strings.NewReplacer("$cluster", ".*", "$namespace", shop, "$kind", "Deployment", "$workload", workload,
		"$__rate_interval", "1m").Replace(expr)
}

// shows tells whether a panel would show a number.
func shows(answer model.Value) bool {
	samples, ok := answer.(model.Vector)
	if !ok {
		return false
	}
	for _, sample := range samples {
		if !math.IsNaN(float64(sample.Value)) {
			return true
		}
	}
	return false
}
