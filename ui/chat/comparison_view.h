// Two answers side by side in place of the transcript, the card that asks for them, and the bar that says that the next message
// gets two.
#pragma once

#include "ui/chat/comparison_card.h"
#include "ui/chat/comparison_column.h"
#include "ui/widgets/notice.h"

#include <QHash>
#include <QTimer>
#include <QWidget>

#include <array>
#include <optional>

namespace ui {

class ComparisonView : public QWidget
{
    Q_OBJECT

public:
    // A page of the panel's; `nextBar()` stands above its composer. The service outlives it, sessions may go at any time.
    ComparisonView(const Appearance &appearance, app::InferenceService &service, const app::Settings &settings, QWidget *panel);
    ~ComparisonView() override;
    void setCatalog(app::ModelCatalog *catalog) { m_card->setCatalog(catalog); }

    // The chat that is shown, with its comparison where one is open; those of other chats go on.
    void setSession(app::ChatSession *session);
    bool isOpen() const; // of the chat that is shown
    app::AnswerComparison *comparison() const; // null: none is open
    int openSide() const; // whose answer is on the branch that is open; -1: neither
    qint64 messageHere() const; // the answer that has the focus, or the question; 0: none of them
    bool goTo(qint64 message);  // to one of them; false: it is another one
    void toggleLens();          // on the answer that has the focus, else on the first that is seen

    // The command: the answer in that row, -1 for the last one; the next message where something is written or nothing was
    // answered yet.
    void ask(int row, bool isWritten);
    void showVersions(int row, const QPoint &at); // the menu of the arrows: which version to compare with
    bool compareVersions(qint64 left, qint64 right);

    // The next message of the chat that is shown gets two answers, asked for like this.
    bool isForNext() const;
    std::optional<app::AnswerComparison::Choices> next() const;
    void setNext(app::ChatSession *session, const std::optional<app::AnswerComparison::Choices> &choices);
    void leaveNext();
    // Of any chat. False: it could not be sent.
    bool send(app::ChatSession *session, const QString &text, const app::AnswerComparison::Choices &choices,
              const QVector<qint64> &attachments);
    Notice *nextBar() const { return m_next; }

    bool stopSide(); // of the comparison that is open, the side at work; false: none is
    bool escape();   // closes the card, the lens, stops the side at work, or closes the comparison; false: nothing was open

    ComparisonCard *card() const { return m_card; }
    ComparisonColumn *column(int side) const { return m_columns[std::size_t(side)]; }
    Transcript *question() const { return m_question; }
    QVector<Transcript *> texts() const; // that are seen, in the order in which they are read
    Segmented *tabs() const { return m_tabs; }
    IconButton *closeButton() const { return m_close; }
    TextButton *differences() const { return m_differences; }

Q_SIGNALS:
    void openChanged(); // another page, or the bar, is to be shown
    void closed();      // where typing goes is elsewhere now
    void told(const QString &sentence); // why there is nothing to look at
    void modelWanted(const QString &path);
    void modelKept(const QString &path);
    void actionRequested(const QString &name, qint64 message); // of the question or an answer

protected:
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    app::AnswerComparison *begin(app::ChatSession *session);
    bool take(app::AnswerComparison *comparison, bool begun);
    void end(app::AnswerComparison *comparison);
    void present(app::AnswerComparison *comparison);
    void accept();
    void refresh();
    void refreshNext();
    void place();
    void showWords();
    void markDifferences();

    const Appearance &m_appearance;
    app::InferenceService &m_service;
    QPointer<app::ChatSession> m_session;
    QHash<app::ChatSession *, QPointer<app::AnswerComparison>> m_open;
    QHash<app::ChatSession *, app::AnswerComparison::Choices> m_forNext;
    QPointer<app::AnswerComparison> m_shown;
    QLabel *m_words;
    Segmented *m_tabs;
    TextButton *m_differences;
    IconButton *m_close;
    Transcript *m_question;
    std::array<ComparisonColumn *, app::AnswerComparison::kSides> m_columns;
    Notice *m_next;
    ComparisonCard *m_card;
    bool m_narrow = false; // one side is seen
    QTimer m_ticker; // while thinking: the seconds
};

} // namespace ui
