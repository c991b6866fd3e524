#include "app/syntax/lexer.h"

#include "app/syntax/line_lexer.h"

#include <QMutex>
#include <QVarLengthArray>

namespace app::syntax {

namespace {

constexpr int kMaxStates = 20000;
constexpr qsizetype kMaxWordLength = 40;

QStringList split(const char *words)
{
    return QString::fromLatin1(words).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

// The tables and what is looked up in them, built once.
class Registry
{
public:
    static const Registry &instance()
    {
        static const Registry registry;
        return registry;
    }

    QVector<const Language *> all;
    QHash<QString, const Language *> byName;

    const Word *word(const Language &language, QStringView text) const
    {
        const auto &words = m_words[language.index];
        const auto found = words.constFind(text);
        return found == words.constEnd() ? nullptr : &*found;
    }

private:
    Registry()
    {
        for (const QVector<Language> &family :
             {cFamilyLanguages(), scriptLanguages(), functionalLanguages(), dataLanguages()})
            for (const Language &language : family) {
                m_languages.push_back(language);
                m_languages.back().index = quint16(m_languages.size() - 1);
            }
        for (const Language &language : m_languages) {
            all.append(&language);
            addWords(language);
        }
        // Names win over aliases, and aliases over suffixes, of any language: "r" is R before it is anything
        // else.
        for (const Language &language : m_languages) {
            addName(QString::fromLatin1(language.id), language);
            addName(QString::fromLatin1(language.name), language);
        }
        for (const Language &language : m_languages)
            for (const QString &alias : split(language.aliases))
                addName(alias, language);
        for (const Language &language : m_languages)
            for (const QString &suffix : split(language.suffixes))
                addName(suffix, language);
    }

    void addName(const QString &name, const Language &language)
    {
        if (!byName.contains(name.toLower()))
            byName.insert(name.toLower(), &language);
    }

    void addWords(const Language &language)
    {
        m_words.emplace_back();
        auto &words = m_words.back();
        const auto add = [&](const char *list, auto set) {
            for (QString word : split(list)) {
                if (language.features & kNoCase)
                    word = word.toLower();
                m_spellings.push_back(word);
                set(words[QStringView(m_spellings.back())]);
            }
        };
        add(language.functions, [](Word &word) { word.kind = TokenKind::Function; });
        add(language.types, [](Word &word) { word.kind = TokenKind::Type; });
        add(language.constants, [](Word &word) { word.kind = TokenKind::Number; });
        add(language.keywords, [](Word &word) { word.kind = TokenKind::Keyword; });
        add(language.functionIntroducers, [](Word &word) { word.introducesFunction = true; });
        add(language.typeIntroducers, [](Word &word) { word.introducesType = true; });
    }

    std::deque<Language> m_languages;
    std::deque<QString> m_spellings; // what the views in m_words look at; a deque never moves them
    std::deque<QHash<QStringView, Word>> m_words;
};

size_t hashOf(const FrameStack &stack)
{
    size_t hash = 0;
    for (const Frame &frame : stack)
        hash = qHashMulti(hash, int(frame.mode), frame.flags, frame.rule, frame.depth, ushort(frame.closer),
                          frame.language, frame.delimiter);
    return hash;
}

struct StackKey
{
    FrameStack stack;
    bool operator==(const StackKey &other) const { return stack == other.stack; }
};

size_t qHash(const StackKey &key, size_t seed = 0)
{
    return hashOf(key.stack) ^ seed;
}

// Numbers from 1 upwards for stacks; 0 is every language's beginning.
class StateTable
{
public:
    int number(const FrameStack &stack)
    {
        const QMutexLocker lock(&m_mutex);
        const auto found = m_numbers.constFind(StackKey{stack});
        if (found != m_numbers.constEnd())
            return *found;
        if (m_stacks.size() >= kMaxStates)
            return kInitialState;
        m_stacks.append(stack);
        m_numbers.insert(StackKey{stack}, int(m_stacks.size()));
        return int(m_stacks.size());
    }

    FrameStack stack(int number)
    {
        const QMutexLocker lock(&m_mutex);
        return number > 0 && number <= m_stacks.size() ? m_stacks[number - 1] : FrameStack();
    }

private:
    QMutex m_mutex;
    QHash<StackKey, int> m_numbers;
    QVector<FrameStack> m_stacks;
};

StateTable &stateTable()
{
    static StateTable table;
    return table;
}

} // namespace

Frame initialFrame(const Language &language)
{
    Frame frame;
    frame.language = language.index;
    switch (language.structure) {
    case Structure::Code:
    case Structure::Css:
        frame.mode = Mode::Code;
        break;
    case Structure::Markup:
        frame.mode = Mode::Markup;
        break;
    default:
        frame.mode = Mode::Text;
        break;
    }
    return frame;
}

const QVector<const Language *> &languages()
{
    return Registry::instance().all;
}

const Language *findLanguage(QStringView idAliasOrSuffix)
{
    QString name = idAliasOrSuffix.trimmed().left(64).toString().toLower();
    if (name.startsWith(QLatin1Char('.')))
        name.remove(0, 1);
    return Registry::instance().byName.value(name, nullptr);
}

QString languageId(const Language &language)
{
    return QString::fromLatin1(language.id);
}

QString displayName(const Language &language)
{
    return QString::fromLatin1(language.name);
}

QString fileSuffix(const Language &language)
{
    return QString::fromLatin1(language.suffixes).section(QLatin1Char(' '), 0, 0);
}

const Word *findWord(const Language &language, QStringView word)
{
    if (word.size() > kMaxWordLength)
        return nullptr;
    if (!(language.features & kNoCase))
        return Registry::instance().word(language, word);
    QVarLengthArray<QChar, kMaxWordLength> lower;
    for (const QChar c : word)
        lower.append(c.toLower());
    return Registry::instance().word(language, QStringView(lower.constData(), lower.size()));
}

FrameStack stackOf(const Language &language, int state)
{
    if (state != kInitialState) {
        FrameStack stack = stateTable().stack(state);
        if (!stack.empty() && stack.front().language == language.index)
            return stack;
    }
    return {initialFrame(language)};
}

int stateOf(const Language &language, const FrameStack &stack)
{
    return stack == FrameStack{initialFrame(language)} ? kInitialState : stateTable().number(stack);
}

int lexLine(const Language &language, QStringView line, int state, QVector<Span> &spans)
{
    spans.clear();
    if (language.structure == Structure::Plain)
        return kInitialState;
    LineLexer lexer(line, stackOf(language, state), spans);
    return stateOf(language, lexer.run());
}

} // namespace app::syntax
