package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// packed is a file of an archive.
type packed struct {
	name string
	mode int64
	data []byte
}

// pack writes the archive of a platform: a zip for Windows, a compressed tar for the others. No time stands in it, so that the
// same version has the same sum.
func pack(p *platform, version, root, binary, out string) error {
	files := []packed{{name: p.Bin, mode: 0o755}, {name: "LICENSE", mode: 0o644}, {name: "kubectl_complete-daysix", mode: 0o755}}
	for i, path := range []string{
		binary, filepath.Join(root, "LICENSE"), filepath.Join(root, "cmd", "kubectl-daysix", "kubectl_complete-daysix"),
	} {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("packing: %w", err)
		}
		files[i].data = data
	}
	write, suffix := tarGzip, ".tar.gz"
	if p.OS == "windows" {
		write, suffix = zipped, ".zip"
	}
	p.File = fmt.Sprintf("kubectl-daysix_%s_%s_%s%s", version, p.OS, p.Arch, suffix)
	archive, err := write(files)
	if err != nil {
		return fmt.Errorf("packing %s: %w", p.File, err)
	}
	if err := os.WriteFile(filepath.Join(out, p.File), archive, 0o644); err != nil {
		return fmt.Errorf("packing: %w", err)
	}
	sum := sha256.Sum256(archive)
	p.Sum = hex.EncodeToString(sum[:])
	return nil
}

func tarGzip(files []packed) ([]byte, error) {
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data)), Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := compressed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func zipped(files []packed) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, f := range files {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
