package admission

import (
	"slices"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// reads is what an expression depends on, of the facts that may be missing.
type reads uint8

const (
	readsUser reads = 1 << iota
	// readsIdentity: the UID and the extra fields of the user.
	readsIdentity
	readsAuthorizer
	readsLiterals
	readsParams
	// readsBroken: the expression, or a variable that it uses, does not compile.
	readsBroken
	// readsOthers: the rights of somebody else than the user. Nothing but readsAuthorizer makes a fact of it that is missing.
	readsOthers
)

// holds is which parts of the request the value of an expression may hold, lists of them included. The types of CEL are of
// no use for that: the object is dynamic.
type holds uint16

const (
	holdsPod holds = 1 << iota
	holdsSpec
	holdsContainers
	holdsEnv // or the headers that a probe sends
	holdsProbes
	holdsVolumes
	holdsRequest
	holdsUser
	holdsVariables

	holdsLiterals = holdsPod | holdsSpec | holdsContainers | holdsEnv | holdsProbes | holdsVolumes
)

// everyRead is what an expression reads of which nothing is known.
const everyRead = readsUser | readsIdentity | readsAuthorizer | readsLiterals | readsParams | readsOthers

// summary is what there is to know about a variable of a policy.
type summary struct {
	reads reads
	holds holds
}

// maxSteps bounds the walk: nested loops are walked more than once. Beyond, an expression counts as reading everything.
const maxSteps = 100_000

// walker finds out what an expression reads by following parts of the pod through it. It errs on the side of reading.
type walker struct {
	variables map[string]summary
	scopes    []local
	reads     reads
	steps     int
}

// local is a variable of a comprehension.
type local struct {
	name  string
	holds holds
}

// summarize walks a parsed expression in which macros are expanded.
func summarize(e ast.Expr, variables map[string]summary) summary {
	w := walker{variables: variables}
	h := w.walk(e)
	if w.steps > maxSteps {
		return summary{everyRead, holdsLiterals | holdsRequest | holdsUser | holdsVariables}
	}
	return summary{w.reads, h}
}

func (w *walker) walk(e ast.Expr) holds {
	if w.steps++; w.steps > maxSteps {
		return 0
	}
	switch e.Kind() {
	case ast.IdentKind:
		return w.ident(e.AsIdent())
	case ast.SelectKind:
		s := e.AsSelect()
		return w.field(w.walk(s.Operand()), s.FieldName(), s.IsTestOnly())
	case ast.CallKind:
		return w.call(e.AsCall())
	case ast.ListKind:
		return w.walkAll(e.AsList().Elements())
	case ast.MapKind:
		var h holds
		for _, entry := range e.AsMap().Entries() {
			h |= w.walk(entry.AsMapEntry().Key()) | w.walk(entry.AsMapEntry().Value())
		}
		return h
	case ast.StructKind:
		var h holds
		for _, field := range e.AsStruct().Fields() {
			h |= w.walk(field.AsStructField().Value())
		}
		return h
	case ast.ComprehensionKind:
		return w.comprehension(e.AsComprehension())
	default:
		return 0
	}
}

func (w *walker) walkAll(list []ast.Expr) holds {
	var h holds
	for _, e := range list {
		h |= w.walk(e)
	}
	return h
}

func (w *walker) ident(name string) holds {
	// A leading dot passes over the variables of comprehensions.
	global, absolute := strings.CutPrefix(name, ".")
	if !absolute {
		for _, l := range slices.Backward(w.scopes) {
			if l.name == name {
				return l.holds
			}
		}
	}
	switch global {
	case "object":
		return holdsPod
	case "request":
		return holdsRequest
	case "variables":
		return holdsVariables
	case "params":
		w.reads |= readsParams
	case "authorizer":
		w.reads |= readsAuthorizer | readsUser
	}
	return 0
}

// field is the value of a field of a value, or a test for its presence.
func (w *walker) field(of holds, name string, test bool) holds {
	var h holds
	for i := range parts {
		if part := &parts[i]; of&part.of != 0 && part.name == name {
			h |= part.holds
			if !test || !part.shows {
				w.reads |= part.reads
			}
		}
	}
	if v, ok := w.variables[name]; ok && of&holdsVariables != 0 && !test {
		w.reads |= v.reads
		h |= v.holds
	}
	return h
}

// index is the value of an element or, by a constant name, of a field.
func (w *walker) index(of holds, key ast.Expr) holds {
	if name, ok := constant(key); ok {
		return w.field(of, name, false)
	}
	w.walk(key)
	if key.Kind() == ast.LiteralKind {
		return of
	}
	return of | w.anyField(of)
}

// anyField is the value of a field of which the name is not known.
func (w *walker) anyField(of holds) holds {
	var h holds
	for i := range parts {
		h |= w.field(of, parts[i].name, false)
	}
	if of&holdsVariables != 0 {
		for _, v := range w.variables {
			w.reads |= v.reads
			h |= v.holds
		}
	}
	return h
}

// consume is for a value that is used as a whole: whatever it holds may matter.
func (w *walker) consume(h holds) {
	if h&holdsVariables != 0 {
		h |= w.anyField(holdsVariables)
	}
	if h&holdsLiterals != 0 {
		w.reads |= readsLiterals
	}
	if h&(holdsRequest|holdsUser) != 0 {
		w.reads |= readsUser | readsIdentity
	}
}

func (w *walker) call(c ast.CallExpr) holds {
	if c.IsMemberFunction() {
		if c.FunctionName() == "serviceAccount" {
			w.reads |= readsOthers
		}
		if c.FunctionName() == "serviceAccount" && isIdent(c.Target(), "authorizer") {
			// This asks for somebody else than who creates the pod.
			w.reads |= readsAuthorizer
			w.consume(w.walkAll(c.Args()))
			return 0
		}
		return w.function(c.FunctionName(), w.walk(c.Target())|w.walkAll(c.Args()))
	}
	args := c.Args()
	switch c.FunctionName() {
	case operators.Index, operators.OptIndex, operators.OptSelect:
		return w.index(w.walk(args[0]), args[1])
	case operators.Conditional:
		w.walk(args[0])
		return w.walkAll(args[1:])
	case operators.Equals, operators.NotEquals:
		// A part of the pod never equals a scalar; an empty list or map asks only whether it is empty.
		if plain(args[0]) || plain(args[1]) {
			w.walkAll(args)
			return 0
		}
	case operators.In:
		// A constant is looked for among the names of fields.
		if plain(args[0]) {
			w.walkAll(args)
			return 0
		}
	}
	return w.function(c.FunctionName(), w.walkAll(args))
}

// function is the value of a function whose arguments hold these parts.
func (w *walker) function(name string, args holds) holds {
	switch structural[name] {
	case passes:
		return args
	case looksAtShape:
		return 0
	default:
		w.consume(args)
		return 0
	}
}

// comprehension walks a loop until what its result may hold no longer grows.
func (w *walker) comprehension(c ast.ComprehensionExpr) holds {
	ranged := w.walk(c.IterRange())
	element := ranged
	outer := len(w.scopes)
	if c.HasIterVar2() {
		// The second variable is an element of a list, or a field of an object.
		element |= w.anyField(ranged)
		w.scopes = append(w.scopes, local{c.IterVar2(), element})
	}
	w.scopes = append(w.scopes, local{c.IterVar(), ranged})
	accu := local{c.AccuVar(), w.walk(c.AccuInit())}
	for {
		w.scopes = append(w.scopes, accu)
		w.walk(c.LoopCondition())
		step := w.walk(c.LoopStep())
		w.scopes = w.scopes[:len(w.scopes)-1]
		if step|accu.holds == accu.holds || w.steps > maxSteps {
			break
		}
		accu.holds |= step
	}
	w.scopes = append(w.scopes[:outer], accu)
	h := w.walk(c.Result())
	w.scopes = w.scopes[:outer]
	return h
}
