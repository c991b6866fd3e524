// Words of a text as the search index holds them, and what is typed into the search field as a query of it.
#pragma once

#include <QDate>
#include <QString>
#include <QStringList>
#include <QVector>

namespace app {

// The text for the index, words apart: FTS5 finds words between spaces and marks, which Chinese, Japanese and Korean do not have.
// Their runs become overlapping pairs, 机器学习 -> 机器 器学 学习 习, so that any two letters of them are found in order; the last
// letter alone makes single letters found as beginnings. Compatibility forms (full width, ligatures) are unified (NFKC).
QString searchWords(const QString &text);

// What is typed: words, all of which have to be there, "several words" in that order, and filters. Of the last word the beginning is
// enough, unless a space or a quotation mark ends it.
struct SearchQuery
{
    QStringList words;    // as typed, without filters: what a snippet shows
    QString match;        // for MATCH of FTS5; empty: nothing to look for
    QString model;        // model:qwen, a part of the name
    QString folder;       // folder:work, a part of the name
    QString tag;          // tag:todo, the whole tag
    QDate from, until;    // after:2026-11-01 and before:2026-12-01, in local days; before: the day itself is out

    bool isEmpty() const { return match.isEmpty() && !hasFilter(); }
    bool hasFilter() const
    {
        return !model.isEmpty() || !folder.isEmpty() || !tag.isEmpty() || from.isValid() || until.isValid();
    }
};
SearchQuery searchQuery(const QString &typed);

// A piece of a text around the first place that one of the words is at, on one line, without the marks of Markdown.
struct Snippet
{
    QString text;                       // "… " and " …" where it is cut
    QVector<QPair<int, int>> marks;     // (begin, length) of the words in it
};
Snippet snippetOf(const QString &text, const QStringList &words, int length = 120);

// Where the words are in a text, without regard to case: (begin, length), in order, none overlapping.
QVector<QPair<int, int>> placesOf(const QString &text, const QStringList &words);

} // namespace app
