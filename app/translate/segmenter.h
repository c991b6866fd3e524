// Cuts a text into segments that are translated one by one, and puts text together again without losing a
// byte.
#pragma once

#include "app/translate/languages.h"

#include <QString>
#include <QStringView>

#include <vector>

namespace app::translate {

// before + text + after is the stretch of the source that the segment covers.
struct Segment
{
    QString before;      // indentation, quote, list and heading marks
    QString text;        // what is translated; begins and ends with a character that is no space
    QString after;       // spaces, line breaks, blank lines
    int paragraph = 0;   // segments of one long paragraph share it; a row of the table
    int firstLine = 0;   // of the paragraph in the source, from 0; breaks are \n, \r\n, \r and U+2029
    int lineCount = 1;   // lines of the paragraph, blank ones after it included
    bool copied = false; // nothing to translate: no letters, code, addresses, placeholders
};

struct Segmentation
{
    QString lead; // blank lines before the first segment; the whole text when it has nothing else
    std::vector<Segment> segments;
    int paragraphs = 0;

    QString joined() const; // the source, exactly
};

// Longest text that is sent at once, UTF-16 units; CJK text takes about a token a letter, others four letters
// a token.
inline constexpr qsizetype kMaxSegment = 1200;
inline constexpr qsizetype kMaxCjkSegment = 500;

// One paragraph a segment: a line, or the lines of a hard-wrapped paragraph. Linear in the text.
Segmentation segment(QStringView source);

// The texts in place of the segments' own, `texts` in segment order. Between parts of one paragraph a space
// comes or goes as the target language wants it.
QString joinTranslation(const Segmentation &segmentation, const std::vector<QString> &texts,
                        const Language *target);

// Whether anything is left to translate without addresses, code, tags and placeholders.
bool hasProse(QStringView text);

// Ends of sentences in the text: index after the end mark, closing quotes and brackets included.
std::vector<qsizetype> sentenceEnds(QStringView text);

} // namespace app::translate
