package finding

// Class groups consequences that do not add up with one another: the score counts the worst of each class once.
type Class string

// The classes of the score (catalogue, section F.3).
const (
	ClassADM    Class = "ADM"    // cluster-admin
	ClassNODE   Class = "NODE"   // control of, or reading from, the node
	ClassPOD    Class = "POD"    // code or identity in other pods
	ClassHOP    Class = "HOP"    // several nodes
	ClassSEC    Class = "SEC"    // secrets
	ClassEXT    Class = "EXT"    // systems outside of the cluster
	ClassNET    Class = "NET"    // the network, other pods
	ClassTAMPER Class = "TAMPER" // guard rails
	ClassAID    Class = "AID"    // makes an escape easier, hygiene
	ClassDOS    Class = "DOS"    // denial of service
	ClassRECON  Class = "RECON"  // knowledge
)

// Classes lists every class in the order of the weights.
func Classes() []Class {
	return []Class{
		ClassADM, ClassNODE, ClassPOD, ClassHOP, ClassSEC, ClassEXT, ClassNET, ClassTAMPER, ClassAID, ClassDOS, ClassRECON,
	}
}

// Consequence is what a primitive leads to when it is used (catalogue, section 0.2).
type Consequence string

// The consequences. Each has exactly one class and one tier, see Weight.
const (
	ClusterAdmin         Consequence = "ClusterAdmin"
	NodeRoot             Consequence = "NodeRoot"
	NodeRead             Consequence = "NodeRead"
	MultiNode            Consequence = "MultiNode"
	PodsOfCluster        Consequence = "PodsOfCluster"
	PodsOfNamespace      Consequence = "PodsOfNamespace"
	SecretsOfCluster     Consequence = "SecretsOfCluster"
	SecretsOfNamespace   Consequence = "SecretsOfNamespace"
	ValuableSecret       Consequence = "ValuableSecret"
	OwnSecret            Consequence = "OwnSecret"
	ForeignData          Consequence = "ForeignData"
	InterceptCluster     Consequence = "InterceptCluster"
	InterceptService     Consequence = "InterceptService"
	NodeNetworkControl   Consequence = "NodeNetworkControl"
	NodeNetwork          Consequence = "NodeNetwork"
	ReachOtherNamespaces Consequence = "ReachOtherNamespaces"
	ReachOwnNamespace    Consequence = "ReachOwnNamespace"
	ReachOutside         Consequence = "ReachOutside"
	TamperCluster        Consequence = "TamperCluster"
	TamperNamespace      Consequence = "TamperNamespace"
	EscapeAid            Consequence = "EscapeAid"
	Hygiene              Consequence = "Hygiene"
	NodeDenialOfService  Consequence = "NodeDenialOfService"
	DenialOfService      Consequence = "DenialOfService"
	Recon                Consequence = "Recon"
	Contained            Consequence = "Contained"
)

// Weight is where a consequence stands in the score.
type Weight struct {
	Class Class
	Tier  Tier
}

// Consequences lists every consequence with its weight, furthest first: the table of docs/score.md.
func Consequences() []WeightedConsequence {
	return append([]WeightedConsequence(nil), weights[:]...)
}

// WeightedConsequence is one row of the table of weights.
type WeightedConsequence struct {
	Consequence Consequence
	Weight
}

var weights = [...]WeightedConsequence{
	{ClusterAdmin, Weight{ClassADM, 5}},
	{NodeRoot, Weight{ClassNODE, 4}},
	{MultiNode, Weight{ClassHOP, 4}},
	{PodsOfCluster, Weight{ClassPOD, 4}},
	{SecretsOfCluster, Weight{ClassSEC, 4}},
	{NodeRead, Weight{ClassNODE, 3}},
	{PodsOfNamespace, Weight{ClassPOD, 3}},
	{SecretsOfNamespace, Weight{ClassSEC, 3}},
	{ValuableSecret, Weight{ClassSEC, 3}},
	{InterceptCluster, Weight{ClassNET, 3}},
	{NodeNetworkControl, Weight{ClassNET, 3}},
	{TamperCluster, Weight{ClassTAMPER, 3}},
	{OwnSecret, Weight{ClassSEC, 2}},
	{ForeignData, Weight{ClassSEC, 2}},
	{InterceptService, Weight{ClassNET, 2}},
	{NodeNetwork, Weight{ClassNET, 2}},
	{ReachOtherNamespaces, Weight{ClassNET, 2}},
	{ReachOutside, Weight{ClassEXT, 2}},
	{TamperNamespace, Weight{ClassTAMPER, 2}},
	{ReachOwnNamespace, Weight{ClassNET, 1}},
	{EscapeAid, Weight{ClassAID, 1}},
	{Hygiene, Weight{ClassAID, 1}},
	{NodeDenialOfService, Weight{ClassDOS, 1}},
	{DenialOfService, Weight{ClassDOS, 1}},
	{Recon, Weight{ClassRECON, 1}},
	{Contained, Weight{ClassRECON, 0}},
}

// Weight returns the class and the tier of a consequence. One that is not in the table counts as contained.
func (c Consequence) Weight() Weight {
	for i := range weights {
		if weights[i].Consequence == c {
			return weights[i].Weight
		}
	}
	return Weight{ClassRECON, 0}
}
