package dryrun

import (
	"slices"
	"strconv"
	"strings"
)

// insufficientScope begins what the plugin ResourceQuota says where a scope is limited and no quota covers it, as some
// distributions limit the system's priority classes.
const insufficientScope = "insufficient quota to match these scopes: "

// form is how a message of a plugin of the API server begins, and how to find in the rest of it what is named.
type form struct {
	begin string
	kind  DenierKind
	name  func(rest string) string
}

// forms are the messages by which a plugin can be told, each as it stands in Kubernetes 1.37 and is pinned by a test against
// the API server. The reason of all of them is Forbidden, without causes.
//
//	PodSecurity     k8s.io/pod-security-admission/admission
//	ResourceQuota   k8s.io/apiserver/pkg/admission/plugin/resourcequota
//	the others      k8s.io/kubernetes/plugin/pkg/admission
func forms() []form {
	return []form{
		{"violates PodSecurity ", PodSecurity, quotedName},
		{"exceeded quota: ", ResourceQuota, until(",")},
		{"failed quota: ", ResourceQuota, until(":")},
		{"insufficient quota to consume: ", ResourceQuota, unnamed},
		{"no PriorityClass with name ", PriorityClass, until(" was found")},
		{"pod rejected: RuntimeClass ", RuntimeClass, quotedName},
		{"pod rejected: Pod", RuntimeClass, unnamed}, // and its overhead
		{"conflict: runtimeClass.scheduling.", RuntimeClass, unnamed},
	}
}

// byForm reads what follows "is forbidden: ". What no form fits is the word of a plugin all the same: authorization and
// what passes are told apart first.
func byForm(message string) Answer {
	if answer, ok := byPassing(message); ok {
		return answer
	}
	for _, f := range forms() {
		if rest, ok := strings.CutPrefix(message, f.begin); ok {
			return denied(Denier{Kind: f.kind, Name: f.name(rest)}, message)
		}
	}
	if limits := limitSentences(message); limits != "" {
		return denied(Denier{Kind: LimitRange}, limits)
	}
	// Annotation kubernetes.io/enforce-mountable-secrets.
	if _, rest, ok := strings.Cut(message, " is not allowed because service account "); ok {
		return denied(Denier{Kind: ServiceAccount, Name: until(" ")(rest)}, message)
	}
	return denied(Denier{Kind: Plugin}, message)
}

// byPassing reads what is Forbidden although nobody has judged the pod.
func byPassing(message string) (Answer, bool) {
	if strings.HasPrefix(message, `User "`) {
		return cannotTell(Forbidden, message), true
	}
	if message == "not yet ready to handle request" {
		return cannotTell(NotReady, message), true
	}
	if rest, ok := strings.CutPrefix(message, "status unknown for quota: "); ok {
		answer := cannotTell(QuotaNotCounted, message)
		answer.Denier = Denier{Kind: ResourceQuota, Name: until(",")(rest)}
		return answer, true
	}
	if rest, ok := strings.CutPrefix(message, "error looking up service account "); ok {
		if !strings.HasSuffix(rest, " not found") {
			return cannotTell(ServerError, message), true
		}
		_, name, _ := strings.Cut(until(":")(rest), "/")
		return denied(Denier{Kind: ServiceAccount, Name: name}, message), true
	}
	return Answer{}, false
}

// limitSentences orders what the plugin LimitRanger says, one sentence for each limit and in brackets where there is more than
// one; empty where the message is not of that plugin. It does not name the LimitRange, and has no order of its own.
func limitSentences(message string) string {
	var sentences []string
	for part := range strings.SplitSeq(strings.Trim(message, "[]"), ", ") {
		if strings.HasPrefix(part, "but ") && len(sentences) > 0 {
			sentences[len(sentences)-1] += ", " + part
			continue
		}
		sentences = append(sentences, part)
	}
	if !slices.ContainsFunc(sentences, isNoLimit) {
		slices.Sort(sentences)
		return strings.Join(sentences, ", ")
	}
	return ""
}

func isNoLimit(sentence string) bool {
	bound := strings.HasPrefix(sentence, "maximum ") || strings.HasPrefix(sentence, "minimum ")
	ratio := strings.Contains(sentence, " max limit to request ratio per ")
	return !ratio && (!bound || !strings.Contains(sentence, " usage per "))
}

// quoted takes a Go-quoted name that follows begin off a message.
func quoted(message, begin string) (name, rest string, ok bool) {
	message, ok = strings.CutPrefix(message, begin)
	if !ok {
		return "", "", false
	}
	prefix, err := strconv.QuotedPrefix(message)
	if err != nil {
		return "", "", false
	}
	name, err = strconv.Unquote(prefix)
	return name, message[len(prefix):], err == nil
}

func quotedName(rest string) string {
	name, _, _ := quoted(rest, "")
	return name
}

func until(end string) func(string) string {
	return func(rest string) string {
		name, _, _ := strings.Cut(rest, end)
		return name
	}
}

func unnamed(string) string { return "" }
