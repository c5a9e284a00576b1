package rules

import (
	"strings"
	"testing"
)

// letterFrom returns the facts of a plain letter from a person to the operator.
func letterFrom(subject, text string) Facts {
	return Facts{
		Subject: subject, Text: text,
		From: []Address{{Addr: "ivan@mail.example"}}, To: []Address{{Addr: "info@license.kz"}},
	}
}

func BenchmarkClassify(b *testing.B) {
	long := "Добрый день! Направляем документы по заявке на лицензию, просим проверить комплект и сообщить срок рассмотрения.\n"
	for _, c := range []struct{ name, subject, text string }{
		{"mark", "Отзыв согласия на обработку персональных данных", "Прошу исполнить. Иванов И.И."},
		{"words", "Вопрос", "Здравствуйте! Прошу больше не обрабатывать мои персональные данные. С уважением, Иванов"},
		{"ordinary", "Счёт на оплату", "Добрый день! Во вложении счёт и акт. Прошу оплатить до пятницы. С уважением, бухгалтерия"},
		{"kazakh", "Өтініш", "Дербес деректерімді өңдеуге берген келісімімді қайтарып аламын. Асан"},
		{"translit", "Otzyv soglasiya", "Proshu prekratit obrabotku moih personalnyh dannyh"},
		{"8KB", "Документы", strings.Repeat(long, 8<<10/len(long))},
		{"8KB latin", "Documents", strings.Repeat("Please find attached the documents for our application and tell us the price. ", 105)},
		{"8KB lines", "Документы", strings.Repeat("ООО ТОО ИП от 5 мая\n", 8<<10/34)},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, f := BuiltIn(), letterFrom(c.subject, c.text)
			own := p.Own()
			b.ReportAllocs()
			for b.Loop() {
				p.Classify(f, own)
			}
		})
	}
}

func BenchmarkReadSubject(b *testing.B) {
	for _, c := range []struct{ name, subject string }{
		{"mark", "Отзыв согласия на обработку персональных данных"},
		{"ordinary", "Документы по заявке № 47261 на получение лицензии"},
		{"latin", "Documents for our application of 5 May"},
		{"layout", "Jnpsd cjukfcbz yf j,hf,jnre gthcjyfkmys[ lfyys["},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := BuiltIn()
			b.ReportAllocs()
			for b.Loop() {
				p.ReadSubject(c.subject)
			}
		})
	}
}
