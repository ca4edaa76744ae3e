package posture

import "testing"

func TestCredentialInSpecNeverShowsTheValue(t *testing.T) {
	runCases(t, credentialInSpec(), map[string]specCase{
		"a name like a credential is found in containers of all kinds": {
			spec: `{containers: [{name: app, env: [{name: DB_PASSWORD, value: "x1"}]}], initContainers: [{name: setup, env: [{name: apiKey, value: "x2"}]}], ephemeralContainers: [{name: debug, env: [{name: SESSION_TOKEN, value: "x3"}]}]}`,
			want: []string{
				"Low CredentialInSpec ValuableSecret spec.containers[0].env[0].value=<redacted> (app) if: Only the name of the variable says so: what its value opens decides.",
				"Low CredentialInSpec ValuableSecret spec.ephemeralContainers[0].env[0].value=<redacted> (debug) if: Only the name of the variable says so: what its value opens decides.",
				"Low CredentialInSpec ValuableSecret spec.initContainers[0].env[0].value=<redacted> (setup) if: Only the name of the variable says so: what its value opens decides.",
			},
		},
		"source control is certain": {
			spec: `{containers: [{name: app, env: [{name: GITLAB_TOKEN, value: "x"}]}]}`,
			want: []string{
				"Medium CredentialInSpec ValuableSecret spec.containers[0].env[0].value=<redacted> (app)",
			},
		},
		"a URL with a password is found under any name": {
			spec: `{containers: [{name: app, env: [{name: BROKER, value: "amqp://user:word@mq.example/x"}]}]}`,
			want: []string{
				"Low CredentialInSpec ValuableSecret spec.containers[0].env[0].value=<redacted> (app) if: Only the name of the variable says so: what its value opens decides.",
			},
		},
		"a URL without a password is none": {
			spec: `{containers: [{name: app, env: [{name: A, value: "https://mq.example:8080/a@b"}, {name: SENTRY_DSN, value: "https://public@sentry.example/1"}, {name: B, value: "amqp://user:$(PW)@mq.example"}]}]}`,
		},
		"switches, paths and references are none": {
			spec: `{containers: [{name: app, env: [{name: ALLOW_EMPTY_PASSWORD, value: "yes"}, {name: DB_PASSWORD, value: "/run/secrets/db"}, {name: API_TOKEN, value: "$(TOKEN)"}, {name: DB_PASS, value: ""}]}]}`,
		},
		"a URL with a password in an argument is found": {
			spec: `{containers: [{name: app, command: [app, "--broker=amqp://user:word@mq.example/x"]}], initContainers: [{name: setup, args: [-c, "git clone https://bot:word@git.example/x"]}]}`,
			want: []string{
				"Low CredentialInSpec ValuableSecret spec.containers[0].command[1]=<redacted> (app) if: What the password of the URL opens decides.",
				"Low CredentialInSpec ValuableSecret spec.initContainers[0].args[1]=<redacted> (setup) if: What the password of the URL opens decides.",
			},
		},
		"an argument with what a shell puts in, a switch, the name of a Secret and a file are none": {
			spec: `{containers: [{name: app, args: ["amqp://user:$(PW)@mq.example", "amqp://user:${PW}@mq.example", "amqp://user:$PW@mq.example", "--no-password", "shop", "--tls-secret=tls", "--private-key=certs/key.pem", "--token", "$TOKEN"]}]}`,
		},
		"names of other things pass": {
			spec: `{containers: [{name: app, env: [{name: PWD, value: "/app"}, {name: MONKEY, value: "x"}, {name: TOKEN_FILE, value: "x"}, {name: AWS_ACCESS_KEY_ID, value: "x"}]}]}`,
		},
	})
}
