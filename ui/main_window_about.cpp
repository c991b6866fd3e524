// What the window tells about itself and the machine: settings with diagnostics, and why an answer was as fast as it was.
#include "ui/main_window.h"

#include "app/diagnostics.h"
#include "app/speed_facts.h"
#include "ui/shell/settings_dialog.h"
#include "ui/shell/speed_popover.h"

namespace ui {

void MainWindow::showSettings(const QString &key)
{
    SettingsDialog dialog(m_service, m_settings, m_appearance, m_keptPages, this);
    dialog.setDiagnosis([this] {
        app::DiagnosisFacts facts;
        facts.model = m_service.model();
        facts.dataFolder = m_paths.data;
        facts.missingFonts = m_appearance.missingFonts();
        facts.readBandwidth = m_limits.readBandwidth();
        facts.gpus = app::gpuNames();
        return app::diagnose(facts);
    });
    connect(&dialog, &SettingsDialog::reloadRequested, this, [this] {
        if (const auto model = m_service.model())
            openModel(QString::fromStdString(model->path.string()));
    });
    connect(&dialog, &SettingsDialog::restartRequested, this, [this, &dialog] {
        dialog.accept();
        Q_EMIT restartRequested();
    });
    if (!key.isEmpty())
        dialog.showSetting(key);
    dialog.exec();
}

void MainWindow::showSpeed(const QPoint &place)
{
    if (!m_speed) {
        m_speed = new SpeedPopover(m_appearance, m_body);
        connect(&m_limits, &app::MachineLimits::measured, m_speed, [this] {
            if (m_speed->isVisible())
                m_speed->setFacts(app::speedFacts(m_service, m_settings, m_limits.readBandwidth()));
        });
    }
    m_speed->setFacts(app::speedFacts(m_service, m_settings, m_limits.readBandwidth()));
    m_speed->openAbove(m_body->mapFrom(this, place) - QPoint(10, 6));
}

} // namespace ui
