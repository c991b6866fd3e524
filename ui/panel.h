// What the main window knows of a panel: chat, code and translate have the same frame.
#pragma once

#include <QString>
#include <QVector>
#include <QWidget>

namespace ui {

class Panel : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    // The panel's list in the sidebar, below the navigation; null where it has none. Owned by the window.
    virtual QWidget *sidebarList() { return nullptr; }
    virtual bool startsRailed() const { return false; } // the sidebar begins as a rail
    virtual void focusInput() = 0;                      // where typing goes

    // What F6 goes round, in order: the area, and what in it gets the focus at first. Hidden ones are passed over.
    struct Region
    {
        QWidget *area, *focus;
    };
    virtual QVector<Region> regions() = 0;
    virtual void newItem() = 0;                         // Ctrl+N: new chat, task, text
    virtual void stop() = 0; // Esc: stop what this panel runs; nothing when nothing runs
    virtual bool acceptsFile(const QString &path) const { return false; } // dropped on the window or opened
    virtual void openFile(const QString &path) {}

Q_SIGNALS:
    // What the panel does now, for the status line: sentence, speed, reason; empty sentence: idle.
    void statusChanged(const QString &sentence, const QString &speed, const QString &reason);
    void contextUsed(int tokens, int limit); // -1, -1: not known
    // State of what the panel keeps on disk, for the right end of the status line: "Saved", "Saving", "Not
    // saved: ...".
    void savedChanged(const QString &words, bool failed);
    void announced(const QString &sentence); // to be read aloud at once: an answer has begun, or ended
    void answerEnded(const QString &title, const QString &words); // by itself; a notification, where nobody looks
    void countBadge(const QString &text); // beside the panel's name while work goes on: "18/24"
    // Cross-panel actions, wired by the window.
    void openInCode(const QString &code, const QString &language);
};

} // namespace ui
