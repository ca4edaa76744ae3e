package admission

import (
	"fmt"

	celgo "github.com/google/cel-go/cel"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"
)

// builder compiles the expressions of one policy and finds out what they read.
type builder struct {
	expressions cel.Compiler
	compiler    cel.ConditionCompiler
	composed    *cel.CompositedCompiler // of a policy
	parser      *celgo.Env
	options     cel.OptionalVariableDeclarations
	variables   map[string]summary
	// faults name the expressions that do not compile, and why.
	faults []string
}

// builder begins a policy with its variables.
func (c *compiler) builder(hasParams bool, variables []admissionregistrationv1.Variable) (*builder, error) {
	composed, err := cel.NewCompositedCompiler(c.base)
	if err != nil {
		return nil, fmt.Errorf("preparing the compiler of expressions: %w", err)
	}
	b := &builder{
		expressions: composed, compiler: composed, composed: composed, parser: c.base.StoredExpressionsEnv(),
		options:   cel.OptionalVariableDeclarations{HasParams: hasParams, HasAuthorizer: true},
		variables: map[string]summary{},
	}
	for i := range variables {
		given := &validating.Variable{Name: variables[i].Name, Expression: variables[i].Expression}
		compiled := composed.CompileAndStoreVariable(given, b.options, environment.StoredExpressions)
		// Each variable knows only those before it.
		b.variables[given.Name] = b.summarize(fmt.Sprintf("variables[%d]", i), given.Expression, compiled.Error != nil, compiled.Error)
	}
	return b, nil
}

// summarize finds out what an expression reads, and keeps the reason where it does not compile.
func (b *builder) summarize(path, expression string, broken bool, reason error) summary {
	if broken {
		b.faults = append(b.faults, fmt.Sprintf("spec.%s: %v", path, reason))
		return summary{reads: readsBroken}
	}
	parsed, issues := b.parser.Parse(expression)
	if issues.Err() != nil {
		// It has compiled, so it parses. If it does not, nothing is known about it.
		return summary{everyRead, holdsLiterals | holdsRequest | holdsUser}
	}
	return summarize(parsed.NativeRep().Expr(), b.variables)
}

// compile compiles the expressions of a list and appends what each reads.
func (b *builder) compile(path string, list []cel.ExpressionAccessor, read *[]reads) cel.ConditionEvaluator {
	compiled := b.compiler.CompileCondition(list, b.options, environment.StoredExpressions)
	broken := len(compiled.CompilationErrors()) > 0
	for i, e := range list {
		var reason error
		if broken {
			// The errors do not say which expression they are about.
			if err := b.expressions.CompileCELExpression(e, b.options, environment.StoredExpressions).Error; err != nil {
				reason = err
			}
		}
		s := b.summarize(fmt.Sprintf("%s[%d]", path, i), e.GetExpression(), reason != nil, reason)
		*read = append(*read, s.reads)
	}
	return compiled
}

// messages compiles the expressions that make messages. They cannot ask the authorizer, and nothing depends on them.
func (b *builder) messages(list []cel.ExpressionAccessor) cel.ConditionEvaluator {
	options := b.options
	options.HasAuthorizer = false
	return b.compiler.CompileCondition(list, options, environment.StoredExpressions)
}

// patch compiles the expression of a mutation and adds what it reads.
func (b *builder) patch(path string, e cel.ExpressionAccessor, read *reads) cel.MutatingEvaluator {
	compiled := b.composed.CompileMutatingEvaluator(e, b.options, environment.StoredExpressions)
	var reason error
	if failures := compiled.CompilationErrors(); len(failures) > 0 {
		reason = failures[0]
	}
	*read |= b.summarize(path, e.GetExpression(), reason != nil, reason).reads
	return compiled
}

// conditions compiles match conditions, nil for none.
func (b *builder) conditions(
	list []admissionregistrationv1.MatchCondition, failure *admissionregistrationv1.FailurePolicyType, kind, use, name string,
) *conditions {
	if len(list) == 0 {
		return nil
	}
	accessors := make([]cel.ExpressionAccessor, len(list))
	for i := range list {
		accessors[i] = (*matchconditions.MatchCondition)(&list[i])
	}
	c := &conditions{}
	c.filter = b.compile("matchConditions", accessors, &c.reads)
	c.matcher = matchconditions.NewMatcher(c.filter, failure, kind, use, name)
	c.all, c.faults = union(c.reads), b.faults
	return c
}
