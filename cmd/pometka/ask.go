package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"license.kz/pometka/rules"
)

// interactive reports whether a person sits before the screen and can be asked.
func (a *app) interactive() bool {
	in, ok := a.in.(*os.File)
	out, too := a.out.(*os.File)
	return ok && too && isTerminal(in) && isTerminal(out)
}

// ask puts a question that is answered with yes or no, in any of the languages;
// the end of the input is a no.
func (a *app) ask(ctx context.Context, question string) (bool, error) {
	a.printf("%s ", question)
	line, err := bufio.NewReader(a.stdin(ctx)).ReadString('\n')
	if err != nil && line == "" {
		a.printf("\n")
		return false, ctx.Err()
	}
	return slices.Contains(slices.Concat(a.yesWords()...), typedWord(line)), nil
}

// yesWords are the words for yes in each language, the one written in full first.
func (a *app) yesWords() (words [][]string) {
	for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		words = append(words, strings.Fields(a.words.T(string(lang), "answer.yes_words")))
	}
	return words
}

// typedWord is an answer of one word.
func typedWord(line string) string { return strings.ToLower(strings.TrimSpace(line)) }

// agreed asks before something is removed for good, and takes no answer for a yes
// but the word that the question names, in any of the languages. Without a terminal
// nobody can be asked, and --yes must say it.
func (a *app) agreed(ctx context.Context, question string) error {
	in, ok := a.in.(*os.File)
	if !ok || !isTerminal(in) {
		return a.misuse("purge.yes")
	}
	a.errorf("%s ", question)
	answer, _ := bufio.NewReader(a.stdin(ctx)).ReadString('\n')
	if err := ctx.Err(); err != nil {
		a.errorf("\n")
		return err
	}
	if !slices.ContainsFunc(a.yesWords(), func(words []string) bool { return words[0] == typedWord(answer) }) {
		return errors.New(a.t("purge.refused"))
	}
	return nil
}
