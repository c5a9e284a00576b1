package rules

import "math"

// kurbanAit returns the days of a civil year on which Kurban-ait begins,
// 10 Dhu al-Hijja, as an estimate: the month is taken to begin on the day
// after its new moon, or a day later where the conjunction comes after 13:00
// UTC, too late for the crescent of that evening. The muftiate announces the
// day a few weeks ahead, and it can differ by one. A year holds one such day,
// rarely two (2039).
func kurbanAit(year int) []Date {
	// Dhu al-Hijja of 1441 began with lunation 254 (20 July 2020); the month
	// comes back every twelfth lunation.
	const known, knownYear, perYear = 254, 2020, 365.2425 / synodicMonth
	nearest := int(math.Round(float64(year-knownYear) * perYear / 12))
	var days []Date
	for n := nearest - 1; n <= nearest+1; n++ {
		const cutOff = 11.0 / 24 // 13:00 UTC counts as the next day
		day := int(math.Floor(newMoon(known+12*n) + cutOff - unixEpoch))
		if d := NewDate(1970, 1, 1+day+10); d.Year == year {
			days = append(days, d)
		}
	}
	return days
}

const (
	synodicMonth = 29.530588861 // days
	unixEpoch    = 2440587.5    // Julian day of 1970-01-01T00:00Z
)

// newMoon returns the Julian day of the true new moon of lunation k, counted
// from the first one of 2000, with the largest periodic terms of Meeus,
// Astronomical Algorithms, chapter 49. The error stays under half an hour.
func newMoon(k int) float64 {
	n := float64(k)
	t := n / 1236.85 // Julian centuries
	rad := func(degrees float64) float64 { return math.Mod(degrees, 360) * math.Pi / 180 }
	var (
		e    = 1 - 0.002516*t
		sun  = rad(2.5534 + 29.10535670*n)
		moon = rad(201.5643 + 385.81693528*n + 0.0107582*t*t)
		lat  = rad(160.7108 + 390.67050284*n - 0.0016118*t*t)
	)
	return 2451550.09766 + synodicMonth*n + 0.00015437*t*t +
		-0.40720*math.Sin(moon) + 0.17241*e*math.Sin(sun) +
		0.01608*math.Sin(2*moon) + 0.01039*math.Sin(2*lat) +
		0.00739*e*math.Sin(moon-sun) - 0.00514*e*math.Sin(moon+sun) +
		0.00208*e*e*math.Sin(2*sun) - 0.00111*math.Sin(moon-2*lat)
}
