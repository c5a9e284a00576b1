package main

import (
	"embed"
	"time"
)

// The zones of Kazakhstan (IANA time zone database, release 2025c): deadlines
// must not depend on whether the host has zone files. Those of the whole world
// would be a fortieth of the program.
//
//go:embed zones
var zoneFiles embed.FS

// loadZone finds a time zone by its name. The host's files come first, since
// they are kept up to date.
func loadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err == nil {
		return zone, nil
	}
	if zone, carried := carriedZone(name); carried == nil {
		return zone, nil
	}
	return nil, phrased("config.fault.zone", name, err)
}

// carriedZone is a zone that the program has with it.
func carriedZone(name string) (*time.Location, error) {
	data, err := zoneFiles.ReadFile("zones/" + name)
	if err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(name, data)
}

// CheckZoneData finds out whether this machine knows that all of Kazakhstan
// is at +05:00 since 2024-03-01. Zone files older than that put every day of
// receipt an hour off, and Go prefers the machine's files to its own.
func CheckZoneData() error {
	zone, err := loadZone("Asia/Almaty")
	if err != nil {
		return err
	}
	if name, offset := time.Date(2026, time.January, 1, 0, 0, 0, 0, zone).Zone(); offset != 5*60*60 {
		return phrased("config.fault.zone_data", name)
	}
	return nil
}

// mustZone loads a zone that the program carries itself.
func mustZone(name string) *time.Location {
	zone, err := loadZone(name)
	if err != nil {
		panic(err)
	}
	return zone
}
