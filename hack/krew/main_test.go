package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// plugin has every field that a manifest of krew may have (krew v0.4.5, pkg/index Plugin).
type plugin struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Version          string `json:"version"`
		Homepage         string `json:"homepage"`
		ShortDescription string `json:"shortDescription"`
		Description      string `json:"description"`
		Caveats          string `json:"caveats"`
		Platforms        []struct {
			Selector struct {
				MatchLabels map[string]string `json:"matchLabels"`
			} `json:"selector"`
			URI    string `json:"uri"`
			SHA256 string `json:"sha256"`
			Bin    string `json:"bin"`
		} `json:"platforms"`
	} `json:"spec"`
}

func fakeBuild(p *platform, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(p.OS+"/"+p.Arch), 0o755)
}

func TestTheManifestSaysWhatTheArchivesHold(t *testing.T) {
	out := t.TempDir()
	if err := run("v1.2.3", filepath.Join("..", ".."), out, fakeBuild); err != nil {
		t.Fatal(err)
	}
	text := read(t, filepath.Join(out, "daysix.yaml"))
	var m plugin
	if err := yaml.UnmarshalStrict(text, &m); err != nil {
		t.Fatal(err)
	}
	if m.APIVersion != "krew.googlecontainertools.github.com/v1alpha2" || m.Kind != "Plugin" || m.Metadata.Name != "daysix" ||
		m.Spec.Version != "v1.2.3" || len(m.Spec.ShortDescription) > 50 || m.Spec.Description == "" || m.Spec.Homepage == "" {
		t.Errorf("%+v", m)
	}
	seen := map[string]bool{}
	for _, p := range m.Spec.Platforms {
		on := p.Selector.MatchLabels["os"] + "/" + p.Selector.MatchLabels["arch"]
		seen[on] = true
		file := p.URI[strings.LastIndex(p.URI, "/")+1:]
		if p.URI != "https://github.com/daysix/daysix/releases/download/v1.2.3/"+file {
			t.Errorf("%s: %s", on, p.URI)
		}
		archive := read(t, filepath.Join(out, file))
		if sum := sha256.Sum256(archive); hex.EncodeToString(sum[:]) != p.SHA256 {
			t.Errorf("%s: the sum is another one", on)
		}
		files := unpacked(t, file, archive)
		if string(files[p.Bin]) != on || len(files["LICENSE"]) == 0 || len(files["kubectl_complete-daysix"]) == 0 || len(files) != 3 {
			t.Errorf("%s: %v", on, files)
		}
	}
	if len(seen) != 6 {
		t.Errorf("platforms: %v", seen)
	}
}

func TestTheSameVersionHasTheSameSums(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, out := range []string{first, second} {
		if err := run("v0.1.0-rc.1", filepath.Join("..", ".."), out, fakeBuild); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(read(t, filepath.Join(first, "daysix.yaml")), read(t, filepath.Join(second, "daysix.yaml"))) {
		t.Error("two runs differ")
	}
}

func TestAVersionThatKrewRefusesIsRefused(t *testing.T) {
	for _, version := range []string{"", "dev", "1.2.3", "v1.2", "a35c622-dirty"} {
		if err := run(version, ".", t.TempDir(), fakeBuild); err == nil {
			t.Errorf("%q is taken", version)
		}
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func unpacked(t *testing.T, name string, archive []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if strings.HasSuffix(name, ".zip") {
		r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			opened, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if out[f.Name], err = io.ReadAll(opened); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	compressed, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(compressed); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if out[header.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if executable := header.Mode&0o100 != 0; executable != (header.Name != "LICENSE") {
			t.Errorf("%s: mode %o", header.Name, header.Mode)
		}
	}
}
