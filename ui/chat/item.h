// One laid-out piece of the transcript: a block of an answer, a bubble, a row of actions. Items paint
// themselves and know what can be pressed in them; the transcript owns and places them.
#pragma once

#include "app/chat/markdown.h"
#include "ui/appearance.h"

#include <QPair>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QStringList>
#include <QVector>

#include <memory>

class QPainter;

namespace ui {

enum class Action : quint8 {
    None,
    OpenLink,
    CopyCode,
    OpenInCode,
    SaveCode, // text is the code, language the suffix of a file
    ToggleWrap,
    ToggleReasoning,
    PreviousVersion,
    NextVersion,
    CopyMessage,
    Retry,
    Edit,
    Continue,
    TokenLens,
    Custom // text names it
};

// What lies under the pointer.
struct Hot
{
    Action action = Action::None;
    QRectF rect; // in the item
    QString tip;
    QString text; // the link, the code
    QString language;
    QString words = QString(); // of a link: as it is shown
    friend bool operator==(const Hot &a, const Hot &b)
    {
        return a.action == b.action && a.rect == b.rect && a.text == b.text;
    }
};

struct PaintContext
{
    const Appearance &appearance;
    QRectF clip;     // in the item
    QPointF pointer; // in the item; far away when the pointer is not over it
    QColor selection;
    int from = 0, to = 0; // selected characters of this item
    qreal ratio = 1;      // device pixels
    bool messageHovered = false;
    QStringList found; // words that are looked for: marked wherever they are
    QVector<QPair<int, int>> differences{}; // (begin, length) in this item: marked, too

    // What is marked of a text that begins at that character of the item: (begin, length) in the text.
    QVector<QPair<int, int>> marksIn(const QString &text, int start = 0) const;
};

class Item
{
public:
    virtual ~Item() = default;

    // Lays out for a width and gives the height. The same width again costs nothing.
    virtual int layout(int width) = 0;
    virtual void paint(QPainter &painter, const PaintContext &context) const = 0;

    // Characters that can be selected; 0: the selection passes over.
    virtual int length() const { return 0; }
    virtual int positionAt(const QPointF &) const { return 0; }
    virtual QString text(int, int) const { return QString(); }
    virtual Hot hotAt(const QPointF &) const { return {}; }
    // All that can be pressed in it and is in no menu of the message, for who has no pointer.
    virtual QVector<Hot> hots() const { return {}; }
    virtual bool isTextAt(const QPointF &) const { return false; }
    // Scrolls sideways when it is wider than its place; false: it cannot.
    virtual bool scrollSideways(int) { return false; }
    // Changes what it shows itself, as its head asks. True: it must be laid out again.
    virtual bool toggle(const Hot &) { return false; }
    // Formulas can be painted now. True: some of them stand here, and it must be laid out again.
    virtual bool takeFormulas() { return false; }
    virtual void markCopied(const Hot &, bool) {}
    // How far the marks of list items stand below the top: a formula can make the first line higher.
    virtual int markTop() const { return 0; }
    // What a link within the answer can lead to: "#footnote-1".
    virtual QString anchor() const { return {}; }
    virtual QString accessibleText() const { return text(0, length()); }

    int gapAbove = 0;  // px to the item before
    int barsAbove = 0; // quote bars go on up into the gap of so many quotes
};

// Building one from a block. `previous` may be the item that stood there before the block grew: what is
// unchanged is taken over from it.
struct BlockType
{
    FontRole role = FontRole::Reading;
    ColorToken color = &Theme::text;
};
// What a link is under the pointer: its real host first.
Hot linkHot(const QPointF &point, const QString &url, const QString &words);
std::unique_ptr<Item> makeBlockItem(const Appearance &appearance, const app::markdown::Block &block,
                                    const BlockType &type, Item *previous);
// Space between two blocks that follow each other.
int blockGap(const app::markdown::Block &above, const app::markdown::Block &below);
// How many quotes hold both, so that their bars go on.
int sharedQuoteBars(const app::markdown::Block &above, const app::markdown::Block &below);

// Items made since the program began, for tests: sealed blocks are never made again.
qint64 blockItemsMade();

} // namespace ui
