package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"license.kz/pometka/rules"
)

// What is known of the providers of mail is data: one file each in presets, in the order of
// presetOrder; see packed.go.
//
//go:embed presets.z
var presetFiles []byte

// preset is one provider of mail.
type preset struct {
	id       string
	Name     map[rules.Lang]string   `yaml:"name"`
	Hosts    []string                `yaml:"hosts"` // IMAP hosts by which it is known
	MX       []string                `yaml:"mx"`    // ends of the names of the servers that take mail
	IMAP     presetServer            `yaml:"imap"`
	SMTP     presetServer            `yaml:"smtp"`
	Auth     string                  `yaml:"auth"` // "" = password
	Abroad   bool                    `yaml:"abroad"`
	SaveSent bool                    `yaml:"save_sent"`
	Idle     *bool                   `yaml:"idle"`
	AuthServ string                  `yaml:"authserv_id"`
	Needs    map[rules.Lang][]string `yaml:"needs"` // what to do there before pometka can log in
}

// presetServer is empty where only the operator knows the host.
type presetServer struct {
	Host string `yaml:"host"`
	TLS  string `yaml:"tls"`
}

// serverOf is the server of a section.
func (p preset) serverOf(section string) presetServer {
	if section == "imap" {
		return p.IMAP
	}
	return p.SMTP
}

// presetOrder is how the providers are offered.
var presetOrder = []string{"yandex", "mailru", "google", "microsoft", "hosting", "own"}

// presets reads the providers once, in presetOrder. Only a broken embedded file
// can make that fail, and a test proves that none is.
var presets = sync.OnceValues(func() ([]preset, error) {
	files, err := unpackFiles(presetFiles)
	if err != nil {
		return nil, err
	}
	var list []preset
	for i, id := range presetOrder {
		p := preset{id: id}
		d := yaml.NewDecoder(bytes.NewReader(files[i]))
		d.KnownFields(true)
		if err := d.Decode(&p); err != nil {
			return nil, fmt.Errorf("read preset %s: %w", id, err)
		}
		list = append(list, p)
	}
	return list, nil
})

// presetOf is the provider whose IMAP host this is; nil for one that is not
// known.
func presetOf(host string) *preset {
	list, err := presets()
	if err != nil {
		return nil
	}
	for i := range list {
		if slices.ContainsFunc(list[i].Hosts, func(h string) bool { return strings.EqualFold(h, host) }) {
			return &list[i]
		}
	}
	return nil
}
