package admission

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// use is what a function does with its arguments. One of which nothing is known may look at everything in them.
type use int

const (
	// passes hands its arguments on, whole or in part.
	passes use = iota + 1
	// looksAtShape tells how many, which type, whether there.
	looksAtShape
)

// structural are the functions that do not read the content of an object or a list.
var structural = map[string]use{
	operators.Add:              passes,
	operators.LogicalAnd:       looksAtShape,
	operators.LogicalOr:        looksAtShape,
	operators.LogicalNot:       looksAtShape,
	operators.NotStrictlyFalse: looksAtShape,
	"size":                     looksAtShape,
	"type":                     looksAtShape,
	"dyn":                      passes,
	"flatten":                  passes,
	"reverse":                  passes,
	"slice":                    passes,
	"first":                    passes,
	"last":                     passes,
	"or":                       passes,
	"orValue":                  passes,
	"value":                    passes,
	"hasValue":                 looksAtShape,
	"unwrapOpt":                passes,
	// As they are written, optional.of, and as macros write them.
	"of":                      passes,
	"optional.of":             passes,
	"ofNonZeroValue":          passes,
	"optional.ofNonZeroValue": passes,
	"unwrap":                  passes,
	"optional.unwrap":         passes,
}

// constant is the text of a constant string.
func constant(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().Value().(string)
	return text, ok
}

func isIdent(e ast.Expr, name string) bool { return e.Kind() == ast.IdentKind && e.AsIdent() == name }

// plain tells whether an expression is a constant scalar, an empty list or an empty map.
func plain(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		return true
	case ast.ListKind:
		return e.AsList().Size() == 0
	case ast.MapKind:
		return e.AsMap().Size() == 0
	default:
		return false
	}
}
