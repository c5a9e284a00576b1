package rules

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// ordinaryWords are those of business letters; some of them mean something to
// the policy when they stand together by design, and nothing by chance.
var ordinaryWords = strings.Fields("и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой договор счёт оплата " +
	"поставка заказ товар склад менеджер клиент компания услуга продукт цена документ акт сверка просим подтвердить получение прошу " +
	"сообщить сроки отгрузки уважаемые коллеги направляем вам во вложении накладная реквизиты изменились ответьте письмо встреча " +
	"перенос график работы доставка возврат гарантия вопрос поддержка сайт регистрация личный кабинет пароль спасибо")

func heap(r *rand.Rand, words int) string {
	var b strings.Builder
	for n := range words {
		b.WriteString(ordinaryWords[r.IntN(len(ordinaryWords))])
		b.WriteString(map[bool]string{true: "\n", false: " "}[n%10 == 9])
	}
	return b.String()
}

// Words that stand side by side by chance, without a comma for pages, demand
// nothing: none becomes a request, and hardly one is shown to a person.
func TestHeapsOfWords(t *testing.T) {
	p := BuiltIn()
	r := rand.New(rand.NewPCG(2026, 11))
	const letters = 600
	shown := 0
	for n := range letters {
		f := Facts{
			Subject: []string{"Счёт на оплату", "Распродажа! Скидки до 70%", "hello", "Запрос цены"}[n%4],
			From:    []Address{{Addr: "user@client.example"}}, Text: heap(r, 150+r.IntN(200)),
		}
		switch got := p.Classify(f, Own{}); got.Verdict {
		case Request:
			t.Errorf("%q is taken for %v: %v\n%s", f.Subject, got.Kinds, got.Reason, f.Text)
		case Review:
			shown++
		}
	}
	if shown > letters/25 {
		t.Errorf("%d of %d heaps are shown to a person", shown, letters)
	}
}

// A person who writes without a comma is understood all the same.
func TestHeapHoldsDemand(t *testing.T) {
	p := BuiltIn()
	r := rand.New(rand.NewPCG(7, 7))
	for _, demand := range []string{
		"прошу удалить все мои персональные данные", "отзываю согласие на обработку персональных данных", "верните мои деньги",
		"больше не присылайте мне рекламу", "возврат оплаты за курс",
	} {
		f := Facts{Subject: "письмо", From: []Address{{Addr: "user@client.example"}}, Text: heap(r, 40) + " " + demand + " " + heap(r, 40)}
		if got := p.Classify(f, Own{}); got.Verdict == None {
			t.Errorf("%q among other words is %s", demand, got.Verdict)
		}
	}
}

// Words that come first in a heap by chance complete no subject to a demand.
func TestHeapBehindSubject(t *testing.T) {
	p := BuiltIn()
	r := rand.New(rand.NewPCG(2026, 12))
	const subject = "Согласие на обработку персональных данных"
	for _, first := range []string{"изменились", "отзываю", "прекратить"} {
		f := Facts{Subject: subject, From: []Address{{Addr: "user@client.example"}}, Text: first + " " + heap(r, 120)}
		if got := p.Classify(f, Own{}); got.Verdict == Request {
			t.Errorf("%q before a heap is taken for %v: %v", first, got.Kinds, got.Reason)
		}
	}
	f := Facts{Subject: subject, From: []Address{{Addr: "user@client.example"}}, Text: "Отзываю. Прошу ответить."}
	if got := p.Classify(f, Own{}); got.Verdict != Request {
		t.Errorf("a person's sentence behind the same subject is %s: %v", got.Verdict, got.Reason)
	}
}
