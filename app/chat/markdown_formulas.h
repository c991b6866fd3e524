// Finds formulas and footnotes in lines of Markdown and rewrites them so that the parser leaves them alone. Private to
// the folder.
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

namespace app::markdown {

// Info strings of the fences that formulas become: finished ones, and one that is still being written.
inline constexpr QStringView kFormulaFence = u"\u2060formula";
inline constexpr QStringView kOpenFormulaFence = u"\u2060formula-open";
// Noncharacters, which no text holds: around the label of a footnote, and around a reference to one.
inline constexpr QChar kFootnoteMark{0xfdd0};
inline constexpr QChar kReferenceMark{0xfdd1};

// A formula on lines of its own.
struct DisplayLines
{
    int lines = 1;       // taken from the source
    QStringList written; // in their place
};
// $$ ... $$, \[ ... \] or \begin{align} ... \end{align} that begins in lines[first], behind marks of quotes and lists.
// One without an end is a formula while more is to come (`complete` is false) and text otherwise.
// `hopeless` keeps up to which line each closing mark was looked for in vain, so that no line is read for every opening one.
std::optional<DisplayLines> displayFormula(const QVector<QStringView> &lines, int first, bool complete, QHash<QString, int> &hopeless);
// True for a line that is "$$" or "\[" alone: blank lines behind it may belong to a formula.
bool opensFormula(QStringView trimmed);
bool closesFormula(QStringView trimmed, QStringView opening);
inline constexpr qsizetype kLongestDisplay = 4000; // UTF-16 units from its begin to its end

// Within a line: dollar signs that are money are escaped, \( \) becomes $ and \[ \] becomes $$, which the parser takes
// verbatim.
QString withFormulas(const QString &line);
// "[^1]" as a reference, "[^1]: words" as an item of a list.
QString withFootnotes(const QString &line);

} // namespace app::markdown
