// The left card of the Code panel: what is to be done, in which language, and what the model sees of the
// editor.
#pragma once

#include "app/code/code_prompt.h"
#include "ui/code/code_parts.h"
#include "ui/widgets/card.h"
#include "ui/widgets/plain_edit.h"

#include <QLabel>

#include <array>

namespace ui {

class TaskCard : public Card
{
    Q_OBJECT

public:
    explicit TaskCard(const Appearance &appearance, QWidget *parent = nullptr);

    app::code::Verb verb() const { return m_verb; }
    void setVerb(app::code::Verb verb);
    QString instruction() const { return m_instruction->text(); }
    void setInstruction(const QString &text);           // forgets the undo history
    QString languageId() const { return m_languageId; } // empty: automatic
    void setLanguageId(const QString &id);
    void setDetectedLanguage(const QString &name); // what automatic means now; empty: not known
    bool sendsEditorText() const { return m_sendsEditorText; }
    void setSendsEditorText(bool sends);

    void setSource(const QString &name, int lines); // of the editor's text; 0 lines: there is none
    void setContext(int used, int kept, int limit); // tokens; used -1: not known, limit 0: no model
    void setBusy(bool busy);
    void setWaiting(bool waiting);      // busy, but nothing runs yet
    void setFillsInMiddle(bool fills);  // of the loaded model
    void setLack(app::code::Lack lack); // what keeps the main button from running
    void setSwitchShown(bool shown);    // narrow: a button that goes to the editor

    PlainEdit *instructionField() const { return m_instruction; }
    TextButton *mainButton() const { return m_run; }
    VerbButton *verbButton(app::code::Verb verb) const { return m_verbs[size_t(verb)]; }

Q_SIGNALS:
    void changed(); // verb, instruction, language or what is sent
    void runRequested();
    void stopRequested();
    void newRequested();
    void editorRequested();
    void fileDropped(const QString &path);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void showTitle();
    QWidget *buildHead();
    QWidget *buildVerbs();
    QWidget *buildSourceRow();
    void fillLanguageMenu();
    void showWords();
    void showLanguage();
    void applyType();

    const Appearance &m_appearance;
    app::code::Verb m_verb = app::code::Verb::Generate;
    QString m_languageId, m_detected;
    bool m_sendsEditorText = true, m_busy = false, m_waiting = false, m_fillsInMiddle = false;
    int m_sourceLines = 0;
    QString m_sourceName;
    app::code::Lack m_lack = app::code::Lack::Nothing;
    std::array<VerbButton *, 6> m_verbs{};
    QLabel *m_title;
    QLabel *m_instructionLabel;
    QWidget *m_field; // the edge around the instruction
    PlainEdit *m_instruction;
    LanguageButton *m_language;
    QLabel *m_sourceLabel;
    QWidget *m_sourceRow;
    QLabel *m_sourceText, *m_sourceSize;
    IconButton *m_sourceToggle;
    TokenBar *m_contextBar;
    QLabel *m_contextLabel, *m_contextFigure;
    QLabel *m_note;
    IconButton *m_switch;
    TextButton *m_run;
};

} // namespace ui
