package posture

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/daysix/daysix/internal/snapshot"
)

// NamedSystem is a host that the environment or an argument of a container names, with what is likely to answer there: evidence
// for what the pod connects to, never a finding of its own (catalogue X03, X04).
type NamedSystem struct {
	Container, Field string
	// Host is a name or an address.
	Host string
	// Port is empty where none is named.
	Port string
	// From is the variable and the key of the ConfigMap that names it; empty where the pod itself does.
	From string
}

// String is such as "db.example.com:5432 (PostgreSQL)".
func (s *NamedSystem) String() string {
	text := s.Host
	if s.Port != "" {
		text = net.JoinHostPort(s.Host, s.Port)
	}
	if service, ok := wellKnown(s.Port); ok {
		text += " (" + service + ")"
	}
	return text
}

// NamedSystems lists the hosts that the values of the environment, literal or of a ConfigMap, and the arguments name, in their
// order, each once. A port may stand in a variable of its own: DB_HOST beside DB_PORT.
func (p *Pod) NamedSystems() []NamedSystem {
	var out []NamedSystem
	known := map[[2]string]bool{}
	add := func(s NamedSystem) {
		if at := [2]string{s.Host, s.Port}; !known[at] {
			known[at] = true
			out = append(out, s)
		}
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		variables := p.variables(c)
		for j := range variables {
			v := &variables[j]
			host, port, ok := snapshot.AddressIn(v.name, v.value)
			if !ok {
				continue
			}
			if port == "" {
				port = portOf(variables, v)
			}
			add(NamedSystem{Container: c.Name, Field: v.field, Host: host, Port: port, From: v.from})
		}
		c.eachArgument(func(field string, a *snapshot.Address) {
			port := cmp.Or(a.Port, schemePorts()[strings.ToLower(a.Scheme)])
			add(NamedSystem{Container: c.Name, Field: field, Host: a.Host, Port: port})
		})
	}
	return out
}

// eachArgument visits what the command and the arguments of a container name.
func (c *Container) eachArgument(visit func(field string, a *snapshot.Address)) {
	for _, list := range [...]struct {
		field  string
		values []string
	}{{"command", c.Command}, {"args", c.Args}} {
		for i, addresses := range snapshot.AddressesIn(list.values) {
			for j := range addresses {
				visit(c.Path(list.field+"["+strconv.Itoa(i)+"]"), &addresses[j])
			}
		}
	}
}

// portOf is the port that belongs to a host without one: that of the variable beside it, else that of the URL's scheme.
func portOf(variables []envVariable, v *envVariable) string {
	upper := strings.ToUpper(v.name)
	for _, end := range [...]string{"HOSTNAME", "HOST"} {
		base, ok := strings.CutSuffix(upper, end)
		for i := range variables {
			if ok && strings.ToUpper(variables[i].name) == base+"PORT" {
				return variables[i].value
			}
		}
	}
	scheme, _, _ := strings.Cut(v.value, "://")
	return schemePorts()[strings.ToLower(scheme)]
}

func schemePorts() map[string]string {
	return map[string]string{
		"amqp": "5672", "http": "80", "https": "443", "jdbc:mysql": "3306", "jdbc:postgresql": "5432", "jdbc:sqlserver": "1433",
		"ldap": "389", "ldaps": "636", "mongodb": "27017", "mysql": "3306", "postgres": "5432", "postgresql": "5432",
		"redis": "6379", "rediss": "6379", "smtp": "25", "smtps": "465", "ssh": "22",
	}
}

// wellKnown is what usually answers on a port (catalogue X04).
func wellKnown(port string) (service string, ok bool) {
	service, ok = map[string]string{
		"22": "SSH", "25": "SMTP", "88": "Kerberos", "389": "LDAP", "445": "SMB", "587": "SMTP", "636": "LDAPS", "1433": "SQL Server",
		"1521": "Oracle", "3306": "MySQL", "5432": "PostgreSQL", "5672": "AMQP", "6379": "Redis", "9042": "Cassandra",
		"9092": "Kafka", "9200": "Elasticsearch", "11211": "Memcached", "27017": "MongoDB",
	}[port]
	return service, ok
}

// Outside tells whether the host can only be one outside of the cluster. A name without a dot is a Service of the pod's own
// namespace, and one such as "db.prod" may be a Service of another: of those with one dot, only what ends like a public name is
// taken to be one. Addresses that mean the host itself are inside.
func (s *NamedSystem) Outside() bool {
	if address := net.ParseIP(s.Host); address != nil {
		return !address.IsLoopback() && !address.IsUnspecified() && !address.IsLinkLocalUnicast()
	}
	host := strings.TrimSuffix(strings.ToLower(s.Host), ".")
	switch labels := strings.Split(host, "."); {
	case len(labels) == 1, host == "localhost", labels[len(labels)-1] == "svc", strings.Contains(host, ".svc."),
		strings.HasSuffix(host, ".cluster.local"):
		return false
	case len(labels) == 2:
		return slices.Contains([]string{"com", "io", "net", "org"}, labels[1])
	default:
		return true
	}
}
