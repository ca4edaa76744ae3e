package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	kjson "sigs.k8s.io/json"
)

// Error is a field that cannot be taken.
type Error struct {
	// Field is the path from the document's root: spec.containers[0].image. Empty for the document itself.
	Field string
	// Problem says what is wrong with it, without its value.
	Problem string
	// Value is what stands there. It is not part of the message; whoever prints it must know that it is no secret.
	Value any
}

// Error is the field and the problem.
func (e *Error) Error() string {
	if e.Field == "" {
		return e.Problem
	}
	return e.Field + ": " + e.Problem
}

// Unmarshal decodes JSON into a struct. Names are matched with their case. Nothing is returned where all is well.
func Unmarshal(data []byte, into any) []*Error {
	strict, err := kjson.UnmarshalStrict(data, into)
	if err != nil {
		return []*Error{locate(data, reflect.TypeOf(into).Elem(), err)}
	}
	var out []*Error
	for _, s := range strict {
		e := &Error{Problem: s.Error()}
		if at, ok := errors.AsType[kjson.FieldError](s); ok {
			e.Field = at.FieldPath()
			e.Problem = "unknown field"
			if isDuplicate(s) {
				e.Problem = "given twice"
			}
		}
		out = append(out, e)
	}
	return out
}

// isDuplicate tells the two strict errors apart; the library exports no type for them, so their text has to do.
func isDuplicate(err error) bool {
	return strings.HasPrefix(err.Error(), "duplicate field")
}

// locate finds the field that an error is about. The decoder knows no index within lists, and types that decode
// themselves know no field at all: so the document is narrowed down to the smallest part that still fails.
func locate(data []byte, target reflect.Type, cause error) *Error {
	out := &Error{Problem: problem(cause)}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var root any
	if decoder.Decode(&root) != nil {
		return out
	}
	fails := func(candidate any) error {
		encoded, err := json.Marshal(candidate)
		if err != nil {
			return err
		}
		_, err = kjson.UnmarshalStrict(encoded, reflect.New(target).Interface())
		return err
	}
	narrow(out, root, fails)
	return out
}

// narrow descends to the first child that fails when it stands alone.
func narrow(out *Error, value any, fails func(any) error) {
	out.Value = value
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			alone := func(child any) error { return fails(map[string]any{name: child}) }
			if err := alone(v[name]); err != nil {
				if out.Field != "" {
					out.Field += "."
				}
				out.Field += name
				out.Problem = problem(err)
				narrow(out, v[name], alone)
				return
			}
		}
	case []any:
		for i := range v {
			alone := func(child any) error { return fails([]any{child}) }
			if err := alone(v[i]); err != nil {
				out.Field += "[" + strconv.Itoa(i) + "]"
				out.Problem = problem(err)
				narrow(out, v[i], alone)
				return
			}
		}
	}
}

// problem puts an error of the decoder into words that name no type of Go.
func problem(err error) string {
	mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return err.Error()
	}
	return fmt.Sprintf("must be %s, not %s", nameOf(mismatch.Type), mismatch.Value)
}

func nameOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return nameOf(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "an integer"
	default:
		return "a " + t.Kind().String()
	}
}
