// Package templates holds all words: the letters to the public and to staff,
// and the catalogue of the screens, in Russian, Kazakh and English. It looks
// nothing up and knows no rule; templates hold no logic beyond if and range.
package templates
