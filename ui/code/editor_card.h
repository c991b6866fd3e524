// The right card of the Code panel: tabs, the editor, find, notices, and the notes of the model below.
#pragma once

#include "ui/code/code_editor.h"
#include "ui/code/code_parts.h"
#include "ui/code/editor_find_bar.h"
#include "ui/code/prose_view.h"
#include "ui/widgets/card.h"
#include "ui/widgets/notice.h"

class QSplitter;
class QStackedWidget;
class QVBoxLayout;

namespace ui {

class EditorCard : public Card
{
    Q_OBJECT

public:
    explicit EditorCard(Appearance &appearance, QWidget *parent = nullptr);

    CodeEditor *editor() const { return m_editor; }
    CodeEditor *former() const { return m_former; }
    ProseView *prose() const { return m_prose; }
    EditorFindBar *findBar() const { return m_find; }

    void setFileName(const QString &name, const QString &path); // of the Code tab; empty: "Code"
    void setFormerShown(bool shown, const QString &name);       // whether there is a Source tab
    void setMark(TabButton::Mark mark);
    void showEditorTab();
    void showFormerTab();
    bool hasFormer() const;
    void copyCode(); // what is selected in the text that is seen, else all of it
    bool isFormerSeen() const;
    // `share` of the height, when it was hidden before.
    void setProseShown(bool shown, const QString &title, qreal share = 0.3);
    bool isProseShown() const;
    // A bar above the text; it replaces the one before. Null when it is not shown.
    Notice *showNotice(Notice::Kind kind, const QString &icon, const QString &title, const QString &sentence);
    void hideNotice();
    Notice *notice() const { return m_notice; }
    void setSwitchShown(bool shown); // narrow: a button that goes to the task

Q_SIGNALS:
    void openRequested();
    void saveAsRequested();
    void useFormerRequested();
    void copied();
    void taskRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    class EmptyHint;
    QWidget *buildHead();
    QWidget *buildProse();
    void showTab(bool former);
    void applyType();

    Appearance &m_appearance;
    TabButton *m_codeTab, *m_formerTab;
    IconButton *m_switch, *m_open, *m_copy, *m_findButton;
    TextButton *m_save, *m_use;
    QVBoxLayout *m_noticePlace;
    Notice *m_notice = nullptr;
    EditorFindBar *m_find;
    QStackedWidget *m_stack;
    CodeEditor *m_editor, *m_former;
    EmptyHint *m_hint;
    QSplitter *m_splitter;
    QWidget *m_prosePane;
    QLabel *m_proseTitle;
    ProseView *m_prose;
};

} // namespace ui
