// The messages of one conversation as a scrolling column: sealed blocks stay as they are, the tail of a
// streaming answer is laid out as it grows, and the view follows the end until the reader scrolls up.
#pragma once

#include "ui/chat/message_view.h"
#include "ui/widgets/accessible_rows.h"
#include "ui/widgets/buttons.h"

#include <QAbstractScrollArea>
#include <QBasicTimer>

#include <memory>
#include <vector>

class QMenu;

namespace app {
class MessageListModel;
}

namespace ui {

class Transcript : public QAbstractScrollArea, public AccessibleRows
{
    Q_OBJECT

public:
    explicit Transcript(const Appearance &appearance, QWidget *parent = nullptr);
    ~Transcript() override;

    // The model outlives the transcript or is replaced; null: nothing is shown.
    void setModel(app::MessageListModel *model);
    // Shows one answer beside another: only what concerns it alone can be done with it.
    void setCompared(bool compared) { m_compared = compared; }
    // Shows words that are no message of a conversation: nothing but copying can be done with them.
    void setWordsAlone(bool alone) { m_wordsAlone = alone; }
    // What the session does now, for the answer in `row` (-1: none).
    void setActivity(int activeRow, bool busy, bool canContinue, const std::optional<Progress> &progress,
                     bool thinking, qint64 thinkingMs);

    bool isFollowing() const { return m_following; }
    // Message at the top of the view and how many px of it are above; message 0 while following the end.
    app::ConversationView view() const;
    void setView(const app::ConversationView &view);
    void scrollToEnd();
    // Left edge and width of the column in the widget, for what stands below.
    QRect column() const;

    int contentHeight() const; // of all messages, with the air round them

    bool hasSelection() const;
    QString selectedText() const;
    // The same as Markdown, which gives the same blocks again.
    QString selectedMarkdown() const;
    void copySelection();
    void copyAsMarkdown();
    void selectAll();

    // Marks these words wherever they are; none: nothing. No place is the present one yet.
    void find(const QStringList &words);
    void findNext(int step); // 1 or -1: selects and shows the next place, from what is seen on, round the ends
    void leaveFound();        // no place is the present one any more; all stay marked
    int foundCount() const { return int(m_places.size()); }
    int foundAt() const { return m_foundAt; } // -1: none yet
    // The texts of the items of an answer, and what of each is marked: (begin, length).
    QStringList contentTexts(int row);
    void setDifferences(int row, const QVector<QVector<QPair<int, int>>> &differences);
    // Scrolls to a message, at the first of the words in its answer or its reasoning, and marks them.
    void showMessage(int row, const QStringList &words, bool inReasoning);

    // The token lens of one answer: its tokens instead of its text. Null closes it.
    void setLens(int row, std::shared_ptr<const app::TokenLens> lens, bool doubt);
    int lensRow() const; // -1: none is open
    void setLensToken(int token, int room);
    QRect lensTokenRect(int token) const; // in the viewport; null: it is not shown
    int lensTokenAt(const QPoint &point) const;
    void showRect(const QRect &rect); // of the viewport: scrolls until it is seen

    // The message that keys work on: outlined while the transcript has the focus. -1: none.
    int focusedMessage() const { return hasFocus() ? lastFocused() : -1; }
    void focusMessage(int step); // the one before (-1) or after; brings the focus here
    void goTo(int row);          // scrolls to a message and focuses it
    void showFocusedMenu();      // all that can be done with it
    bool saveLastCode();         // asks for a place for the last code block; false: there is none

    // On the screen, for accessibility.
    QRect messageRect(int row) const;
    int messageCount() const { return int(m_messages.size()); }
    int rowOf(qint64 message) const; // -1: it is not shown
    MessageView &message(int row) { return *m_messages[size_t(row)]; }
    int accessibleRowCount() const override { return messageCount(); }
    QString accessibleRow(int row) const override { return m_messages[size_t(row)]->accessibleText(); }
    QString accessibleRowDescription(int row) const override;
    QRect accessibleRowRect(int row) const override { return messageRect(row); }

Q_SIGNALS:
    // One of Retry, Edit, Continue, PreviousVersion, NextVersion, Custom.
    void actionRequested(ui::Action action, int row, const QString &name);
    void foundChanged();
    void moved(); // laid out or scrolled: what stands in or beside the text has to follow
    void linkActivated(const QString &url, const QString &words); // `words`: as it is shown
    void zoomRequested(int step); // Ctrl and the wheel: 1 or -1
    void openInCode(const QString &code, const QString &language);
    void saveCodeRequested(const QString &code, const QString &suffix);
    void typed(QKeyEvent *event); // a letter while the transcript has the focus

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    struct Position
    {
        int row = -1, item = 0, character = 0;
        friend auto operator<=>(const Position &, const Position &) = default;
    };
    struct Spot // under the pointer
    {
        int row = -1, item = -1;
        QPointF inItem;
    };

    struct FoundPlace
    {
        int row;
        bool reasoning;
        int number; // in that part of the message
    };

    int lastFocused() const;
    void takeFocus(int row);
    void fillMenu(QMenu &menu, const Hot &hot, const Spot &spot);
    void paintFocus(QPainter &painter, const QRectF &message) const;
    void followWithin(int row, const QString &anchor); // a link within an answer
    void countFound();
    void showPlace(const FoundPlace &place);
    void scrollTo(int row, int y);
    void resetMessages();
    void updateExtras();
    void relayout();      // after any change; keeps what is read where it is
    void relayoutInPlace();
    void layoutVisible(); // exact heights for what can be seen
    int columnWidth() const;
    int columnLeft() const;
    int topOf(int row) const { return m_tops[size_t(row)]; }
    void placeRows();
    int rowAt(int y) const;
    Spot spotAt(const QPoint &point) const;
    Position positionAt(const QPoint &point) const;
    std::pair<int, int> selectedIn(int row, int item) const;
    Hot hotAt(const QPoint &point, Spot *spot = nullptr) const;
    void press(const Hot &hot, const Spot &spot);
    void markCopied(const Spot &spot, const Hot &hot);
    void updatePointer(const QPoint &point);
    void placeEndButton();
    void selectWord(const Position &at);

    const Appearance &m_appearance;
    app::MessageListModel *m_model = nullptr;
    std::vector<std::unique_ptr<MessageView>> m_messages;
    std::vector<int> m_tops; // one more than messages: the end
    int m_activeRow = -1;
    bool m_busy = false, m_canContinue = false, m_thinking = false, m_compared = false, m_wordsAlone = false;
    std::optional<Progress> m_progress;
    qint64 m_thinkingMs = 0;
    bool m_following = true;
    bool m_adjusting = false; // the scroll bar is moved by us
    int m_newLines = 0;
    int m_wheel = 0; // eighths of a degree that made no step yet
    QPoint m_pointer{-10000, -10000};
    int m_hoveredRow = -1;
    Position m_anchor, m_cursor;
    bool m_selecting = false;
    QStringList m_found;
    std::vector<FoundPlace> m_places;
    int m_foundAt = -1; // of m_places
    Hot m_pressed;
    Spot m_pressedSpot;
    QBasicTimer m_autoScroll, m_copiedTimer;
    qint64 m_copiedId = 0;
    int m_copiedItem = -1;
    Hot m_copiedHot;
    qint64 m_lensId = 0; // of the message
    qint64 m_focusedId = 0; // of the message
    TextButton *m_endButton;
};

} // namespace ui
