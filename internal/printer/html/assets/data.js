// The other half of data.go: texts are indexes there, and text here.
export const report = JSON.parse(document.getElementById("data").textContent);

export const t = (index) => report.texts[index ?? 0];

export const severities = ["Critical", "High", "Medium", "Low", "Minimal"];
export const reaches = ["Cluster", "MultiNode", "Node", "Namespace", "Pod"];
export const verdicts = ["Denied", "NotRecreated", "Unknown", "Admitted"];

const checks = new Map(report.checks.map(([id, title, page]) => [t(id), { title: t(title), page: t(page) }]));
export const checkOf = (id) => checks.get(id) ?? { title: "", page: "" };

// A workload as the list needs it. The rest of it is read when it is looked at.
export const workloads = report.workloads.map((raw, at) => ({
  raw, at,
  namespace: t(raw.namespace), kind: t(raw.kind), name: t(raw.name),
  score: raw.score, severity: t(raw.severity), since: t(raw.since), reach: t(raw.reach), exposure: t(raw.exposure), priority: t(raw.priority),
  restart: t(raw.restart.verdict), findings: raw.findings.length + (raw.moreFindings ?? 0), running: raw.running,
  fix: raw.fix && { check: t(raw.fix.check), change: t(raw.fix.change), after: raw.fix.after },
  accepted: raw.unaccepted !== raw.severity || raw.findings.some((f) => f[5]),
}));

// addressOf is where the page of a workload is: by its names, so that it is the same in the next report.
export function addressOf(w) {
  return "#/workload/" + [w.namespace, w.kind, w.name].map(encodeURIComponent).join("/");
}

export function findingsOf(w) {
  return w.raw.findings.map(([rule, container, field, value, points, exception, since]) => {
    const [check, severity, message, condition, remediation] = report.rules[rule].map(t);
    return {
      check, severity, message, condition, remediation, points,
      container: t(container), field: t(field), value: t(value), exception: t(exception), since: t(since),
    };
  });
}

export function answersOf(w) {
  return w.raw.answers.map((a) => ({
    question: t(a.question), answer: t(a.answer), reason: t(a.reason), summary: t(a.summary),
    evidence: (a.evidence ?? []).map(([check, field, value]) => ({ check: t(check), field: t(field), value: t(value) })),
    moreEvidence: a.moreEvidence ?? 0,
    path: (a.path ?? []).map(([from, to, why]) => ({ from: t(from), to: t(to), why: t(why) })),
    reached: (a.reached ?? []).map(t),
  }));
}

function refusalsOf(all) {
  return (all ?? []).map((r) => ({
    kind: t(r.kind), name: t(r.name), binding: t(r.binding), message: t(r.message), since: t(r.since), newer: r.newer ?? false,
    fields: (r.fields ?? []).map(t),
  }));
}

export function restartOf(w) {
  const r = w.raw.restart;
  const [admitted, denied, unknown, lost] = r.pods;
  return {
    verdict: t(r.verdict), reason: t(r.reason), message: t(r.message), since: t(r.since), observed: t(r.observed), live: t(r.live),
    pods: { admitted, denied, unknown, lost },
    refused: refusalsOf(r.refused), more: r.more ?? 0, forecast: refusalsOf(r.forecast),
    notAsked: (r.notAsked ?? []).map((n) => n.map(t)), differs: (r.differs ?? []).map(t),
  };
}

// countBy counts workloads by a field.
export function countBy(all, field) {
  const counts = new Map();
  for (const w of all) counts.set(w[field], (counts.get(w[field]) ?? 0) + 1);
  return counts;
}
