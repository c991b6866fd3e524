#include "app/translate/language_hints.h"

#include <QString>

#include <algorithm>
#include <array>
#include <vector>

namespace app::translate {
namespace {

struct Words
{
    QStringView code;
    Script script;
    QStringView words; // frequent ones, between spaces
};

// Short words of daily writing. A word that two languages share helps both, so it decides nothing between
// them.
constexpr Words kWords[] = {
    {u"en", Script::Latin,
     u" the and is are was you what this that with from have not for hello please thanks thank how where "
     u"when who why can my your it of to we they he she will would good morning "},
    {u"fr", Script::Latin,
     u" le la les est et je tu vous nous bonjour bonsoir merci une un des du pas que qui avec pour dans sur "
     u"où c'est il elle mais au salut oui "},
    {u"de", Script::Latin,
     u" der die das und ist ich du wir sie nicht ein eine einen wie was wo danke bitte hallo guten tag mit "
     u"für auf den dem zu auch aber nein "},
    {u"es", Script::Latin,
     u" el la los las es y qué que por para hola gracias una un cómo está con no pero muy buenos buenas días "
     u"en del mi tu "},
    {u"pt", Script::Latin,
     u" o a os as é e que por para olá obrigado obrigada uma um como está com não mas muito bom dia em do da "
     u"você eu "},
    {u"it", Script::Latin,
     u" il lo la gli è e che per ciao grazie una un come sta con non ma molto buongiorno di del della sono "
     u"dove questo perché "},
    {u"nl", Script::Latin,
     u" de het een en is ik je niet wat waar hoe dank bedankt hallo met voor van op dat zijn goedemorgen wij "
     u"maar ook "},
    {u"sv", Script::Latin, u" och är jag du inte det en ett att hej tack var vad hur med för på som vi god "},
    {u"da", Script::Latin,
     u" og er jeg du ikke det en et at hej tak hvor hvad hvordan med for på som vi af "},
    {u"nb", Script::Latin,
     u" og er jeg du ikke det en et at hei takk hvor hva hvordan med for på som vi av "},
    {u"fi", Script::Latin,
     u" ja on ei minä sinä hän se että kiitos hei missä mikä mitä kuinka hyvää huomenta olen kanssa mutta "},
    {u"pl", Script::Latin,
     u" i w jest nie to się na z cześć dziękuję dzień dobry jak gdzie co czy proszę ja ty dla ale "},
    {u"cs", Script::Latin,
     u" a je v ne to se na s ahoj děkuji dobrý den jak kde co jsem prosím já ty pro ale že "},
    {u"sk", Script::Latin,
     u" a je v nie to sa na s ahoj ďakujem dobrý deň ako kde čo som prosím ja ty pre ale že "},
    {u"hu", Script::Latin, u" a az és nem ez hogy van szia köszönöm jó napot hol mi én te egy de vagyok "},
    {u"ro", Script::Latin,
     u" și este nu un o în la cu mulțumesc bună ziua unde ce cum eu tu pentru dar sunt "},
    {u"tr", Script::Latin,
     u" ve bir bu ne merhaba teşekkür ederim nerede nasıl ben sen için ile değil mi günaydın var yok "},
    {u"id", Script::Latin,
     u" dan yang di ini itu tidak saya kamu anda terima kasih selamat apa kabar dimana untuk dengan ada "
     u"adalah "},
    {u"vi", Script::Latin, u" và là không của tôi bạn cảm ơn xin chào ở đâu gì này cho với có một được "},
    {u"ru", Script::Cyrillic,
     u" и в не на я ты что это как привет спасибо где кто с да нет здравствуйте пожалуйста мы вы он она но "
     u"утро "},
    {u"uk", Script::Cyrillic,
     u" і в не на я ти що це як привіт дякую де хто з так ні будь ласка ми ви він вона але ранок та "},
    {u"bg", Script::Cyrillic,
     u" и в не на аз ти какво това как здравей здравейте благодаря къде кой с да се е са добро "},
    {u"sr", Script::Cyrillic, u" и у не на ја ти шта ово како здраво хвала где ко са да је су добро "},
    {u"ar", Script::Arabic,
     u" من في على هذا هذه ما أين كيف مرحبا شكرا أنا أنت لا نعم إلى هو هي مع صباح الخير "},
    {u"fa", Script::Arabic, u" از در به این آن چه کجا چطور سلام ممنون من تو نه بله است را که با صبح بخیر "},
    {u"ur", Script::Arabic, u" سے میں پر یہ وہ کیا کہاں کیسے سلام شکریہ ہے ہیں نہیں ہاں کا کی کے اور "},
    {u"hi", Script::Devanagari, u" है हैं और का की के में यह क्या कैसे कहाँ नमस्ते धन्यवाद मैं आप नहीं से को "},
    {u"mr", Script::Devanagari, u" आहे आहेत आणि चा ची चे मध्ये हे काय कसे कुठे नमस्कार धन्यवाद मी तुम्ही नाही "},
    {u"ne", Script::Devanagari, u" छ छन् र को मा यो के कसरी कहाँ नमस्ते धन्यवाद म तपाईं छैन हो "},
};

struct Letters
{
    QStringView code;
    QStringView letters; // lower case; found in no other language of the table of this script, or hardly
};

constexpr Letters kLetters[] = {
    {u"de", u"ß"},    {u"es", u"ñ¿¡"},     {u"pt", u"ãõ"},
    {u"fr", u"œùû"},  {u"pl", u"łśźżńąę"}, {u"cs", u"řěů"},
    {u"sk", u"ľĺŕ"},  {u"hu", u"őű"},      {u"ro", u"țș"},
    {u"tr", u"ğı"},   {u"is", u"ðþ"},      {u"vi", u"ơưđạảấầậắằặẹẻẽếềệịỉọỏốồộớờợụủứừựỳỵỷỹ"},
    {u"lv", u"ļķņģ"}, {u"lt", u"ėįų"},     {u"az", u"ə"},
    {u"uk", u"їєґ"},  {u"be", u"ў"},       {u"ru", u"ыэё"},
    {u"sr", u"ђћ"},   {u"mk", u"ѓќѕ"},     {u"kk", u"әғқңұ"},
    {u"fa", u"پچژگ"}, {u"ur", u"ٹڈڑںےہھ"}, {u"ar", u"ةىأإكي"},
};

bool isWordLetter(QChar c)
{
    return c.isLetter() || c.isMark() || c == QLatin1Char('\'') || c == QChar(0x2019) || c.isSurrogate();
}

class Scores
{
public:
    void add(QStringView code, int points)
    {
        for (Score &score : m_scores) {
            if (score.code == code) {
                score.points += points;
                return;
            }
        }
        m_scores.push_back({code, points});
    }
    LanguageHint best(int words) const
    {
        LanguageHint hint;
        hint.words = words;
        QStringView code;
        for (const Score &score : m_scores) {
            if (score.points > hint.hits) {
                hint.hits = score.points;
                code = score.code;
                hint.contested = false;
            } else if (score.points == hint.hits && hint.hits > 0) {
                hint.contested = true;
            }
        }
        hint.language = findLanguage(code);
        return hint;
    }

private:
    struct Score
    {
        QStringView code;
        int points;
    };
    std::vector<Score> m_scores;
};

} // namespace

LanguageHint hintedLanguage(QStringView text, Script script)
{
    Scores scores;
    int words = 0;
    QString key;
    for (qsizetype i = 0; i < text.size();) {
        if (!isWordLetter(text[i])) {
            if (text[i] == QChar(0xBF) || text[i] == QChar(0xA1)) // only Spanish opens with these
                scores.add(u"es", 2);
            ++i;
            continue;
        }
        qsizetype end = i;
        while (end < text.size() && isWordLetter(text[end]))
            ++end;
        const QString word = text.mid(i, std::min<qsizetype>(end - i, 64)).toString().toLower();
        i = end;
        if (scriptOf(word[0].unicode()) != script)
            continue;
        ++words;
        key = QLatin1Char(' ') + word + QLatin1Char(' ');
        key.replace(QChar(0x2019), QLatin1Char('\''));
        for (const Words &list : kWords) {
            if (list.script == script && list.words.contains(key))
                scores.add(list.code, 1);
        }
        for (const Letters &list : kLetters) {
            const Language *language = findLanguage(list.code);
            if (language->script != script)
                continue;
            if (std::any_of(word.cbegin(), word.cend(), [&](QChar c) { return list.letters.contains(c); }))
                scores.add(list.code, 1);
        }
    }
    return scores.best(words);
}

} // namespace app::translate
