// Markdown of answers as a flat list of blocks, ready to be laid out. Parsing is md4c's, with GitHub tables, task lists,
// strike-through and footnotes, and formulas in all the ways models write them; raw HTML stays text, and pictures become
// their description with a sentence: nothing is ever loaded.
#pragma once

#include <QString>
#include <QStringView>
#include <QVector>

namespace app::markdown {

enum Style : quint8 {
    Plain = 0,
    Bold = 1,
    Emphasis = 2,
    Code = 4,
    Strike = 8,
    Math = 16,        // TeX source between dollar signs or \( \)
    Display = 32,     // of Math: between $$ or \[ \], inside of words
    Superscript = 64, // a reference to a footnote
};

struct Span
{
    int start = 0; // UTF-16 units in the text
    int length = 0;
    quint8 styles = Plain;
    int link = -1; // index in Text::links
    friend bool operator==(const Span &, const Span &) = default;
};

// Words with styles. A hard line break is U+2028.
struct Text
{
    QString text;
    QVector<Span> spans; // in order, without overlap; gaps are plain
    QVector<QString> links;
    QVector<int> pictures; // of the links: those that lead to a picture, which nobody may load unasked
    friend bool operator==(const Text &, const Text &) = default;
};

enum class BlockKind : quint8 { Paragraph, Heading, Code, Table, Rule, Formula };
enum class Alignment : quint8 { Left, Center, Right };

// What a block stands in, from the outside in.
struct Container
{
    enum Kind : quint8 { Quote, Bullet, Number, TaskOpen, TaskDone };
    Kind kind = Quote;
    bool begins = false; // the first block of the list item or quote: it carries the marker
    int number = 0;      // of a Number item
    bool footnote = false; // the item is a footnote, a Bullet when its label is no number
    friend bool operator==(const Container &, const Container &) = default;
};

struct Block
{
    BlockKind kind = BlockKind::Paragraph;
    int level = 0;          // Heading: 1 .. 6
    bool tight = false;     // in a list whose items stand close together
    bool separated = false; // a blank line stands before it at the top level
    bool open = false;      // Formula: still being written
    bool continued = false; // goes on with the block before, which was too long for one; a table repeats its head
    QVector<Container> containers;
    Text text;                     // Paragraph, Heading
    QString language;              // Code: first word of the fence's info string
    QString code;                  // Code, Formula: without the last line break
    QVector<Alignment> alignments; // Table: one a column
    QVector<QVector<Text>> rows;   // Table: the first row is the head
    friend bool operator==(const Block &, const Block &) = default;
};

inline constexpr int kDeepestNesting = 12;   // containers beyond are flattened
inline constexpr int kMostTableColumns = 64; // wider ones stay text
inline constexpr int kMostTableCells = 480;  // longer tables go on in another block

// Never fails: what is no Markdown is a paragraph. NUL characters are dropped. Linear in practice; give it
// one sealed chunk at a time (markdown_stream.h), not megabytes. `complete`: no more text comes.
QVector<Block> parse(QStringView source, bool complete = true);

// Repairs what models write and the standard refuses, line by line outside of code: short delimiter rows
// ("|-|:-:|"), tables without a blank line above, bold that ends in CJK punctuation, formulas in \( \) and \[
// \].
QString normalise(QStringView source, bool complete = true);
// Put beside emphasis marks by normalise() so that they count as such; parse() takes it out again.
inline constexpr QChar kJoiner{0x2060};

// What a reference to a footnote links to: "#footnote-1".
inline constexpr QStringView kFootnoteLink = u"#footnote-";

// The words alone, for the clipboard and for titles.
QString plainText(const QVector<Block> &blocks);
QString plainText(const Block &block);

} // namespace app::markdown
