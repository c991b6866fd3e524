// Takes from a model's answer what is no translation, and judges what is left.
#pragma once

#include "app/translate/languages.h"
#include "app/translate/translate_prompt.h"

#include <QCoreApplication>
#include <QString>

namespace app::translate {

// Cleans an answer while it streams. Reasoning, wrapping quotes, fences, labels ("Translation:") and echoed
// delimiters go, unless the source has them itself.
class AnswerCleaner
{
public:
    AnswerCleaner(const QString &source, bool startsInReasoning = false);

    void push(QStringView text) { m_raw += text; }
    // What can be shown now: what may still turn out to be a label or a mark is held back.
    QString soFar() const { return cleaned(false); }
    QString result() const { return cleaned(true); }
    bool isReasoning() const; // nothing but reasoning has come
    const QString &raw() const { return m_raw; }

private:
    QString cleaned(bool whole) const;

    QString m_source;
    Delimiters m_delimiters;
    QString m_raw;
    bool m_inside; // the answer begins as reasoning
};

enum class Problem {
    None,
    Empty,
    Unchanged,     // the source again
    WrongScript,   // no letters of the target language's script
    WrongLanguage, // sure to be another language: obeyed or answered, perhaps
    Refused,
    TooLong,      // runs away or says more than the source
    Fragment,     // next to nothing of the source: obeyed or answered
    TooShort,     // an answer or a part, perhaps
    NotAQuestion, // the source asks, the translation does not: answered, perhaps
    CutShort,     // ended by the length limit
    NumberMissing,
    PartMissing // a placeholder, tag or address
};

// The translation cannot be used: the original stays in its place. The others are shown and marked.
bool isHard(Problem problem);
// Worth a second try.
bool isRetried(Problem problem);

struct Verdict
{
    Problem problem = Problem::None;
    QString detail; // the missing number or part
};

// Compares a finished translation with its source. `cutShort`: the length limit ended it.
Verdict judge(const QString &source, const QString &translation, const Language *from, const Language &to,
              bool cutShort = false);

} // namespace app::translate
