// What Baleen runs on, to be read, and copied into a report.
#pragma once

#include "app/diagnostics.h"
#include "ui/appearance.h"

#include <QWidget>

#include <functional>

class QGridLayout;

namespace ui {

class TextButton;

class DiagnosticsPage : public QWidget
{
    Q_OBJECT

public:
    DiagnosticsPage(const Appearance &appearance, std::function<app::Diagnosis()> diagnose, QWidget *parent = nullptr);

    void refresh();
    TextButton *copyButton() const { return m_copy; }

private:
    const Appearance &m_appearance;
    std::function<app::Diagnosis()> m_diagnose;
    app::Diagnosis m_lines;
    QGridLayout *m_grid;
    TextButton *m_copy;
};

} // namespace ui
