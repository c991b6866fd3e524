// The Code panel: a task on the left, the editor it reads and writes on the right, notes of the model below.
#pragma once

#include "app/code/code_session.h"
#include "app/code/workspace.h"
#include "app/inference_service.h"
#include "app/settings.h"
#include "ui/appearance.h"
#include "ui/code/code_writer.h"
#include "ui/panel.h"

#include <QTimer>

namespace ui {

class EditorCard;
class TaskCard;

// The text of the editor is both the source that a verb reads and the place where its code goes. What an
// answer replaces stays in the Source tab, and one undo brings it back. All text is kept in
// dataFolder/code_session.json.
class CodePanel : public Panel
{
    Q_OBJECT

public:
    CodePanel(app::InferenceService &service, app::Settings &settings, Appearance &appearance,
              const QString &dataFolder, QWidget *parent = nullptr);
    ~CodePanel() override;

    bool startsRailed() const override { return true; }
    void focusInput() override;
    QVector<Region> regions() override;
    void newItem() override;
    void stop() override; // closes find, else stops the run
    bool acceptsFile(const QString &path) const override;
    void openFile(const QString &path) override;

    // Code from elsewhere, a block of the chat: it becomes the editor's text. `language` is a tag; may be
    // empty.
    void showCode(const QString &code, const QString &language);
    // Starts the chosen verb, unless something is missing or runs.
    void run();
    // Writes the editor's text. False: a notice says why, the text stays. Without `overwrite` a file that
    // changed on disk is not written; the notice asks.
    bool saveTo(const QString &path, bool overwrite = true);

    TaskCard *taskCard() const { return m_task; }
    EditorCard *editorCard() const { return m_card; }
    app::code::CodeSession &session() { return m_session; }
    QString filePath() const { return m_path; }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    app::code::CodeTask currentTask() const;
    void connectSession();
    void bindActions();
    void beginWriting();
    void receiveCode(const QString &text, bool whole);
    void aboutToWrite();
    void disturbed();
    void sessionChanged();
    void sessionEnded();
    void showEnd();
    void showStatus();
    QString waitingWords() const;
    void showProse(bool shown);
    void keepFormer(const QString &text, const QString &path);
    void useFormer();
    void save();
    void saveAs();
    void askForFile();
    void setPath(const QString &path);
    void setCardsShown(bool task, bool editor);
    void updateLanguage();
    void updateTask();
    void countTokens();
    void modelChanged();
    void restore();
    void storeNow();
    void storeSoon();

    app::InferenceService &m_service;
    app::Settings &m_settings;
    Appearance &m_appearance;
    QString m_storePath;
    app::code::CodeSession m_session;
    TaskCard *m_task;
    EditorCard *m_card;
    CodeWriter *m_writer;
    QTimer m_storeTimer, m_countTimer, m_languageTimer;
    QString m_path, m_formerPath;
    app::code::TextFile m_file;
    QString m_answerLanguage;
    bool m_answerBeside = false; // the answer goes on, but not into the editor
    bool m_explains = false;     // the prose is an explanation, not notes beside code
    bool m_narrow = false;
    bool m_storeFailed = false;
    bool m_detachesFile = false; // what is written is another file than the source
};

} // namespace ui
