// Command dockerlint runs BuildKit's own build checks, those of "docker build --check", on a Dockerfile. It needs neither
// a Docker daemon nor a registry: a base image is taken to be empty, for no check looks inside of one.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// platform is the one that the checks assume. None of the checks depends on it.
var platform = ocispecs.Platform{OS: "linux", Architecture: "amd64"}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: dockerlint DOCKERFILE")
		os.Exit(2)
	}
	if err := check(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "Checking %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

// check prints what BuildKit warns about, and returns an error if there is anything.
func check(ctx context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	source := llb.NewSourceMap(nil, path, "Dockerfile", text)
	source.Definition = &llb.Definition{} // The printer dereferences it.
	options := dockerfile2llb.ConvertOpt{
		SourceMap:      source,
		MetaResolver:   emptyImages{},
		TargetPlatform: &platform,
	}
	options.BuildPlatforms = []ocispecs.Platform{platform}
	results, err := dockerfile2llb.DockerfileLint(ctx, text, options)
	if err != nil {
		return err
	}
	return judge(results)
}

func judge(results *lint.LintResults) error {
	if results.Error != nil {
		results.PrintErrorTo(os.Stderr, nil)
		return errors.New("it does not build")
	}
	if err := results.PrintTo(os.Stderr, nil); err != nil {
		return fmt.Errorf("printing the warnings: %w", err)
	}
	if n := len(results.Warnings); n > 0 {
		return fmt.Errorf("%d warnings", n)
	}
	return nil
}

// emptyImages resolves every image to one without layers and settings.
type emptyImages struct{}

// ResolveImageConfig implements [llb.ImageMetaResolver].
func (emptyImages) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := []byte(`{"os":"linux","architecture":"amd64","rootfs":{"type":"layers"},"config":{}}`)
	return ref, digest.FromBytes(config), config, nil
}
