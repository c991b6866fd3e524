// Markdown as nobody should write it: 300 cases by name, and mutants of a real answer.
#pragma once

#include <QString>
#include <QVector>

#include <random>

namespace test {

struct MarkdownCase
{
    QString name, source;
};

QVector<MarkdownCase> markdownCases();
// An answer with everything in it.
QString wholeAnswer();
// Cut, doubled, moved, and marks put where they do not belong.
QString mutated(const QString &source, std::mt19937 &random);

} // namespace test
