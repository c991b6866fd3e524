#include "app/chat/search_words.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace app {

namespace {

// Scripts that are written without spaces, or, as Korean, with endings on the words.
bool isRunOn(char32_t letter)
{
    switch (QChar::script(letter)) {
    case QChar::Script_Han:
    case QChar::Script_Hiragana:
    case QChar::Script_Katakana:
    case QChar::Script_Hangul:
    case QChar::Script_Bopomofo:
    case QChar::Script_Thai:
    case QChar::Script_Lao:
    case QChar::Script_Khmer:
    case QChar::Script_Myanmar:
        return true;
    default:
        // ー and the iteration mark stand in the midst of such words and belong to no script of their own.
        return letter == 0x30FC || letter == 0x3005;
    }
}

QString fromCodePoints(const char32_t *letters, qsizetype count)
{
    return QString::fromUcs4(letters, count);
}

// Runs of either kind, in order.
template <class Take> void forEachRun(const QString &text, Take take)
{
    const auto letters = text.toUcs4();
    const auto *data = reinterpret_cast<const char32_t *>(letters.constData());
    for (qsizetype begin = 0; begin < letters.size();) {
        const bool runOn = isRunOn(data[begin]);
        qsizetype end = begin + 1;
        while (end < letters.size() && isRunOn(data[end]) == runOn)
            ++end;
        take(data + begin, end - begin, runOn, end == letters.size());
        begin = end;
    }
}

void addPairs(QString &words, const char32_t *letters, qsizetype count)
{
    for (qsizetype i = 0; i + 1 < count; ++i)
        words += QLatin1Char(' ') + fromCodePoints(letters + i, 2);
}

QString normalised(const QString &text)
{
    return text.normalized(QString::NormalizationForm_KC);
}

bool hasWord(const QString &text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c.isLetterOrNumber() || c.isSurrogate(); });
}

// An FTS5 phrase: the words of it stand side by side.
QString phraseOf(const QString &term, bool beginningIsEnough)
{
    QString words;
    bool prefix = beginningIsEnough;
    forEachRun(normalised(term), [&](const char32_t *letters, qsizetype count, bool runOn, bool last) {
        if (!runOn) {
            words += QLatin1Char(' ') + fromCodePoints(letters, count);
            return;
        }
        addPairs(words, letters, count);
        if (!last || count == 1)
            words += QLatin1Char(' ') + fromCodePoints(letters + count - 1, 1);
        if (last)
            prefix = count == 1; // of a pair no more can be missing; a letter alone begins one
    });
    words.replace(QLatin1Char('"'), QLatin1Char(' '));
    return QLatin1Char('"') + words.trimmed() + QLatin1Char('"') + (prefix ? QStringLiteral(" *") : QString());
}

struct Term
{
    QString text;
    bool ended = false; // by a space or a quotation mark
    bool quoted = false;
};

QVector<Term> termsOf(const QString &typed)
{
    QVector<Term> terms;
    Term term;
    const auto finish = [&](bool ended) {
        term.ended = ended;
        if (!term.text.trimmed().isEmpty())
            terms << term;
        term = {};
    };
    bool quoted = false;
    for (const QChar c : typed) {
        if (c == QLatin1Char('"') || c == QChar(0x201C) || c == QChar(0x201D)) {
            finish(true);
            quoted = !quoted;
            term.quoted = quoted;
        } else if (c.isSpace() && !quoted) {
            finish(true);
        } else {
            term.text += c;
        }
    }
    finish(false);
    return terms;
}

// True, and taken, when it is one of the filters.
bool takeFilter(const QString &term, SearchQuery &query)
{
    const qsizetype colon = term.indexOf(QLatin1Char(':'));
    if (colon <= 0 || colon + 1 == term.size())
        return false;
    const QString name = term.left(colon).toLower(), value = term.mid(colon + 1);
    const std::array<std::pair<const char *, QString *>, 3> texts{
        {{"model", &query.model}, {"folder", &query.folder}, {"tag", &query.tag}}};
    for (const auto &[key, field] : texts)
        if (name == QLatin1String(key)) {
            *field = value;
            return true;
        }
    const std::array<std::pair<const char *, QDate *>, 2> days{{{"after", &query.from}, {"before", &query.until}}};
    for (const auto &[key, field] : days)
        if (name == QLatin1String(key)) {
            const QDate day = QDate::fromString(value, Qt::ISODate);
            if (day.isValid())
                *field = day;
            return day.isValid();
        }
    return false;
}

} // namespace

QString searchWords(const QString &text)
{
    QString words;
    words.reserve(text.size() + text.size() / 2);
    forEachRun(normalised(text), [&](const char32_t *letters, qsizetype count, bool runOn, bool) {
        if (runOn)
            addPairs(words, letters, count);
        words += QLatin1Char(' ') + (runOn ? fromCodePoints(letters + count - 1, 1) : fromCodePoints(letters, count));
    });
    return words;
}

SearchQuery searchQuery(const QString &typed)
{
    SearchQuery query;
    QStringList phrases;
    for (const Term &term : termsOf(typed)) {
        if (!term.quoted && takeFilter(term.text, query))
            continue;
        if (!hasWord(term.text))
            continue; // marks alone are not in the index
        query.words << term.text.trimmed();
        phrases << phraseOf(term.text, !term.ended);
    }
    query.match = phrases.join(QStringLiteral(" AND "));
    return query;
}

QVector<QPair<int, int>> placesOf(const QString &text, const QStringList &words)
{
    QVector<QPair<int, int>> places;
    for (const QString &word : words)
        for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0 && !word.isEmpty();
             at = text.indexOf(word, at + word.size(), Qt::CaseInsensitive))
            places << qMakePair(int(at), int(word.size()));
    std::sort(places.begin(), places.end());
    int end = 0;
    places.erase(std::remove_if(places.begin(), places.end(),
                                [&](const QPair<int, int> &place) {
                                    const bool overlaps = place.first < end;
                                    if (!overlaps)
                                        end = place.first + place.second;
                                    return overlaps;
                                }),
                 places.end());
    return places;
}

Snippet snippetOf(const QString &text, const QStringList &words, int length)
{
    // The first of them all; a text of millions of letters is not looked through for each one's every place.
    qsizetype first = text.size();
    for (const QString &word : words) {
        const qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive);
        if (at >= 0)
            first = std::min(first, at);
    }
    if (first == text.size())
        first = 0;
    const auto isInside = [&](qsizetype at) { return at > 0 && at < text.size() && text[at].isLowSurrogate(); };
    qsizetype begin = std::max<qsizetype>(0, first - length / 4);
    if (begin > 0) { // at the beginning of a word, where one is near
        const qsizetype space = text.indexOf(QLatin1Char(' '), begin);
        if (space >= 0 && space < first)
            begin = space + 1;
    }
    while (isInside(begin))
        --begin;
    qsizetype end = std::min<qsizetype>(text.size(), begin + length);
    while (isInside(end))
        ++end;
    static const QRegularExpression marks(QStringLiteral("\\*\\*|```\\w*|`|^#+ |\\|[-:| ]*"), QRegularExpression::MultilineOption);
    Snippet snippet;
    snippet.text = (begin > 0 ? QStringLiteral("… ") : QString()) + text.mid(begin, end - begin).replace(marks, QStringLiteral(" ")).simplified() +
                   (end < text.size() ? QStringLiteral(" …") : QString());
    snippet.marks = placesOf(snippet.text, words);
    return snippet;
}

} // namespace app
