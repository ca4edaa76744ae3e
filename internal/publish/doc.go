// Package publish writes reports to the API server: by server-side apply with one field owner, only where the server does
// not already say the same, and so that what others changed is put right.
package publish
