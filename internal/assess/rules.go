package assess

import (
	"fmt"

	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/model"
)

// RestartRules are what decides about replacements in a cluster. trusts tells whether a validating webhook is taken to admit
// every pod. The error names the setting that is wrong.
func RestartRules(
	m *model.Model, settings podsecurity.Settings, trusts func(configuration, webhook string) bool,
) (*restart.Rules, error) {
	evaluator, err := podsecurity.New(settings)
	if err != nil {
		return nil, fmt.Errorf("reading the settings of Pod Security: %w", err)
	}
	return &restart.Rules{
		Policies: m.Policies, PodSecurity: evaluator, Authorizer: Authorizer(m.Grants), TrustWebhook: trusts, Minor: settings.Minor,
	}, nil
}
