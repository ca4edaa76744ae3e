// Package strict reads YAML and JSON that people wrote, and takes nothing that it does not understand: an unknown field,
// a field given twice or a value of the wrong type is an error that names the document and the field.
//
// It knows no kind of object. Errors name fields and types, never values: a manifest may hold a password in any place.
package strict
