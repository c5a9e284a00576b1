package rules

import "testing"

// What people say beside a demand, in its sentence or in the next, leaves it a demand: the
// services the operator sells, papers, other firms, how they came to write.
func TestOtherWordsLeaveADemand(t *testing.T) {
	p := BuiltIn()
	for _, language := range []struct{ demands, beside []string }{
		{
			demands: []string{
				"отзываю согласие на обработку персональных данных", "не пользуйтесь больше моими данными",
				"удалите мои персональные данные", "сотрите копии моего удостоверения и диплома",
				"отпишите меня от рассылки", "не присылайте мне больше рекламу",
				"мой телефон сменился, новый 8 701 555 20 20", "исправьте мою фамилию на Ким",
				"предъявляю претензию, верните 100 000 тенге", "направляю вам претензию", "требую вернуть 100 000 тенге, иначе суд",
			},
			beside: []string{
				"лицензию уже получили", "на вебинаре был один раз", "вакансия уже закрыта", "резюме я отправлял в марте",
				"ответ пришлите на эту почту", "подтвердите получение", "ссылка на сайте не работает", "согласие я подписал в мае",
				"бланк заявления не нашёл", "зарегистрировался по ошибке", "от услуг отказался", "обучение я не проходил",
				"сопровождение не нужно", "консультация была бесполезна", "по телефону мне отказали", "ничего подписывать не буду",
				"вы же ничего не удаляете", "получил от вас три письма", "вчера пришла ваша рассылка", "имею право в любой момент",
				"по договору № 15", "тоо закрыто", "в порядке статьи 8", "подготовьте ответ",
			},
		},
		{
			demands: []string{"келісімімді қайтарып аламын", "дербес деректерімді жойыңыз", "маған жарнама жібермеңіз", "тегімді Оразбаева деп түзетіңіз", "ақшамды қайтармасаңыз, сотқа беремін"},
			beside:  []string{"шарт бойынша", "лицензияны алдық", "басқа компаниямен жұмыс істейміз", "шотты төледім", "сілтеме жұмыс істемейді", "қателесіп тіркелдім", "жауабын жіберіңіз"},
		},
		{
			demands: []string{"please delete my personal data", "please unsubscribe me from your newsletter", "please correct my surname to Kim", "this is a formal claim, refund my money"},
			beside:  []string{"I applied for a job in March", "the link does not work", "I received your newsletter yesterday", "I registered by mistake", "we work with another company"},
		},
	} {
		for _, demand := range language.demands {
			for _, other := range language.beside {
				for _, text := range []string{demand + ", " + other + ".", other + ", " + demand + ".", demand + ".\n\n" + other + ".", other + ".\n\n" + demand + "."} {
					if f := p.Classify(letterFrom("", text), p.Own()); f.Verdict == None {
						t.Errorf("%q: none, %v", text, f.Reason)
					}
				}
			}
		}
	}
}
