// The settings: pages at the left, found by a search; each row has its default, its unit and a way back to the default. They
// apply at once.
#pragma once

#include "app/diagnostics.h"
#include "app/inference_service.h"
#include "app/kept_pages.h"
#include "app/settings.h"
#include "ui/appearance.h"
#include "ui/shell/setting_words.h"

#include <QDialog>
#include <QHash>
#include <QLineEdit>

#include <functional>

class QLabel;
class QVBoxLayout;

namespace ui {

class ComboButton;
class IconButton;
class NavRow;
class TextButton;

class SettingsDialog : public QDialog
{
    Q_OBJECT

public:
    SettingsDialog(app::InferenceService &service, app::Settings &settings, Appearance &appearance,
                   app::KeptPages &keptPages, QWidget *parent = nullptr);

    // The last page, made from what this says then, and again by its button.
    void setDiagnosis(std::function<app::Diagnosis()> diagnose);
    void showSetting(const QString &key); // its page, with the focus on it
    void showPage(SettingPage page);
    SettingPage page() const { return m_page; }
    QLineEdit *search() const { return m_search; }
    QStringList shown() const; // keys of the rows that are seen

Q_SIGNALS:
    void reloadRequested(); // the engine's settings count from the next load on
    void restartRequested(); // a language counts from the next start on

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    using Undo = std::function<void()>;
    struct Row
    {
        const SettingWords *words = nullptr; // null: no setting, seen with its page only
        SettingPage page = SettingPage::Diagnostics;
        QWidget *row = nullptr, *control = nullptr;
        std::function<bool()> isDefault;
        std::function<Undo()> reset; // gives the way back
        std::function<bool()> isWanted{}; // of one that belongs to the row above
    };
    template <class T> using NameOf = std::function<QString(const T &)>;

    // The row of a key. `control` follows the key by itself, also when it is reset.
    template <class T> void addRow(const app::SettingKey<T> &key, QWidget *control, const NameOf<T> &name, bool wide = false);
    void addPlainRow(SettingPage page, const QString &name, QWidget *control);
    QWidget *words(QWidget *row, const QString &name, const QString &hint, const QString &more);
    // A menu of values. `chosen` is called when the user takes one.
    template <class T>
    ComboButton *choice(const app::SettingKey<T> &key, const QVector<T> &values, const NameOf<T> &name, const char *objectName,
                        Undo chosen = {});
    template <class T> void follow(const app::SettingKey<T> &key, QWidget *control, std::function<void(const T &)> show);
    QWidget *stepper(const app::SettingKey<int> &key, const QString &less, const QString &more, const NameOf<int> &name);
    void addAppearance();
    void addChat();
    void addSystemPrompt();
    void addEngine();
    void addModelsFolder();
    void addKept();
    void addDesktop();
    QWidget *makeSide();
    QWidget *makeHead();
    QWidget *makeFoot();
    void refresh();
    void offerUndo(const QString &sentence, Undo undo);

    app::InferenceService &m_service;
    app::Settings &m_settings;
    Appearance &m_appearance;
    app::KeptPages &m_keptPages;
    SettingPage m_page = SettingPage::Appearance;
    QVector<Row> m_rows;
    QHash<int, NavRow *> m_pages;
    QHash<int, QWidget *> m_groups; // heads, while there is a search
    QLineEdit *m_search = nullptr;
    QVBoxLayout *m_form = nullptr;
    QLabel *m_title = nullptr, *m_none = nullptr, *m_told = nullptr;
    TextButton *m_defaults = nullptr, *m_undo = nullptr, *m_reload = nullptr;
    Undo m_undoLast;
};

} // namespace ui
