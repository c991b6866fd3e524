// From one segment to the request that translates it. Pure functions.
//
// The text is never an instruction: it stands between delimiters that do not occur in it, in a message that
// holds nothing else but the job, after the same job was shown on an order and a question in the same two
// languages.
#pragma once

#include "app/translate/languages.h"
#include "inference/engine.h"

#include <QString>

namespace app::translate {

struct TranslationTask
{
    QString text;                     // one segment, no marks around it
    const Language *source = nullptr; // null: not known
    const Language *target = nullptr; // never null
    int attempt = 0;                  // 0, then 1 for the stricter second try
};

// <text> and </text>, or with a number when the text itself has something like these.
struct Delimiters
{
    QString open, close;
};
Delimiters delimitersFor(QStringView text);

// Temperature 0 first, then 0.2 with a seed: the same segment gives the same translation again. The prefix
// (all but the last message) is the same for all segments of a language pair, so that the engine reads it
// once.
inference::GenerationRequest translationRequest(const TranslationTask &task);

// What the prompt shows of the text: hard line breaks inside a paragraph are spaces.
QString unwrapped(const QString &text);

} // namespace app::translate
