// Package browser looks at the HTML report as a user does: in a real Chromium, with the mouse and with the keyboard alone.
//
// It is a module of its own, for what drives the browser is no business of the product's. `make test-browser` runs it; with
// -update it renews the pictures under docs/images.
package browser
