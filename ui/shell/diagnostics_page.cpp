#include "ui/shell/diagnostics_page.h"

#include "ui/widgets/buttons.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QTimer>

namespace ui {

DiagnosticsPage::DiagnosticsPage(const Appearance &appearance, std::function<app::Diagnosis()> diagnose, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_diagnose(std::move(diagnose)), m_grid(new QGridLayout),
      m_copy(new TextButton(appearance, tr("Copy"), TextButton::Kind::Outlined, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 8);
    column->setSpacing(12);
    m_grid->setHorizontalSpacing(16);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(1, 1);
    column->addLayout(m_grid);
    auto *buttons = new QHBoxLayout;
    m_copy->setButtonHeight(28);
    m_copy->setIconName(QStringLiteral("copy"));
    buttons->addWidget(m_copy);
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(m_copy, &TextButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(app::diagnosisText(m_lines));
        m_copy->setText(tr("Copied"));
        QTimer::singleShot(2000, m_copy, [this] { m_copy->setText(tr("Copy")); });
    });
    connect(&appearance, &Appearance::changed, this, &DiagnosticsPage::refresh);
    refresh();
}

void DiagnosticsPage::refresh()
{
    m_lines = m_diagnose();
    while (QLayoutItem *item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const Theme &t = m_appearance.theme();
    const auto add = [this](int row, int column, const QString &words, const QColor &color) {
        auto *label = new QLabel(words, this);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(column == 1);
        label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        label->setFont(m_appearance.font(FontRole::Small));
        QPalette palette;
        palette.setColor(QPalette::WindowText, color);
        label->setPalette(palette);
        if (column == 1)
            label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        m_grid->addWidget(label, row, column);
        return label;
    };
    for (int row = 0; row < m_lines.size(); ++row) {
        QLabel *name = add(row, 0, m_lines[row].name, t.text3);
        QLabel *value = add(row, 1, m_lines[row].value, t.text);
        value->setAccessibleName(m_lines[row].name);
        name->setBuddy(value);
    }
}

} // namespace ui
