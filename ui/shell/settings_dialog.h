// The settings of this release: how it looks, what the engine may take, and the system prompt. They apply at
// once.
#pragma once

#include "app/diagnostics.h"
#include "app/inference_service.h"
#include "app/kept_pages.h"
#include "app/settings.h"
#include "ui/appearance.h"

#include <QDialog>

#include <functional>

class QVBoxLayout;

namespace ui {

class SettingsDialog : public QDialog
{
    Q_OBJECT

public:
    SettingsDialog(app::InferenceService &service, app::Settings &settings, Appearance &appearance,
                   app::KeptPages &keptPages, QWidget *parent = nullptr);

    // The last group, made from what this says then, and again by its button.
    void setDiagnosis(std::function<app::Diagnosis()> diagnose);

Q_SIGNALS:
    void reloadRequested(); // the engine's settings count from the next load on

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QWidget *row(const QString &name, const QString &hint, QWidget *control, bool wide = false);
    QWidget *groupHead(const QString &name);
    void addAppearance(QVBoxLayout *form);
    void addEngine(QVBoxLayout *form);
    QWidget *deviceChoice(const std::function<void()> &needReload);
    QWidget *kvCacheChoice(const std::function<void()> &needReload);
    QWidget *keptChoice(const std::function<void()> &needReload);
    QWidget *keptRow();
    void addChat(QVBoxLayout *form);

    app::InferenceService &m_service;
    app::Settings &m_settings;
    Appearance &m_appearance;
    app::KeptPages &m_keptPages;
    QVBoxLayout *m_form = nullptr;
};

} // namespace ui
