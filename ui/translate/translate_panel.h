// The Translate panel: a text and its translation side by side, segment by segment.
#pragma once

#include "app/inference_service.h"
#include "app/settings.h"
#include "app/translate/translate_session.h"
#include "ui/panel.h"
#include "ui/translate/language_bar.h"
#include "ui/translate/segment_table.h"
#include "ui/widgets/card.h"
#include "ui/widgets/notice.h"

class QLabel;
class QMenu;
class QProgressBar;

namespace ui {

class TranslatePanel : public Panel
{
    Q_OBJECT

public:
    TranslatePanel(app::InferenceService &service, app::Settings &settings, Appearance &appearance,
                   const QString &dataFolder, QWidget *parent = nullptr);

    void focusInput() override;
    QVector<Region> regions() override;
    void newItem() override; // undo brings the text back
    void stop() override;
    bool acceptsFile(const QString &path) const override;
    void openFile(const QString &path) override;

    app::translate::TranslateSession &session() { return m_session; }
    SegmentTable &table() { return *m_table; }
    LanguageBar &languageBar() { return *m_bar; }
    Notice &notice() { return *m_notice; }
    void copyTranslation();
    // Asks for a place; `path` given: saves there, and only over a file when `overwrite` is set.
    void saveTranslation();
    bool saveTo(const QString &path, bool overwrite);

Q_SIGNALS:
    void chooseModelRequested(); // the window opens its list of models

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QWidget *makeHead();
    QWidget *makeFoot();
    void bindActions();
    void openFileDialog();
    void openFirst(const QStringList &paths);
    void refresh();
    void refreshNotice();
    void refreshFoot();
    void reportStatus();
    void applyLook();
    void tell(Notice::Kind kind, const QString &sentence); // until the text changes or it is closed

    app::InferenceService &m_service;
    const Appearance &m_appearance;
    app::translate::TranslateSession m_session;
    Card *m_card;
    QWidget *m_head, *m_foot;
    QLabel *m_title, *m_kind;
    IconButton *m_open, *m_more;
    QMenu *m_moreMenu;
    LanguageBar *m_bar;
    Notice *m_notice;
    SegmentTable *m_table;
    QProgressBar *m_progress;
    QLabel *m_count, *m_countIcon, *m_kept, *m_keptIcon, *m_left;
    TextButton *m_look, *m_copy, *m_save;
    bool m_works = false; // a translation is under way
    QString m_told; // sentence of tell()
    Notice::Kind m_toldKind = Notice::Kind::Plain;
    QString m_noticeKey; // what the notice shows now
};

} // namespace ui
