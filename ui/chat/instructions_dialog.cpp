#include "ui/chat/instructions_dialog.h"

#include "ui/widgets/buttons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace ui {

InstructionsDialog::InstructionsDialog(const Appearance &appearance, const QVector<Level> &levels, int shown,
                                       std::function<QString(const QString &)> preview, QWidget *parent)
    : QDialog(parent), m_appearance(appearance), m_levels(levels), m_preview(std::move(preview)),
      m_choice(new Segmented(appearance,
                             [&levels] {
                                 QStringList names;
                                 for (const Level &level : levels)
                                     names << level.name;
                                 return names;
                             }(),
                             this)),
      m_edit(new PlainEdit(appearance, this)), m_of(new QLabel(this)), m_told(new QLabel(this))
{
    setWindowTitle(tr("Instructions"));
    auto *hint = new QLabel(tr("{{date}}, {{weekday}}, {{time}}, {{model}} and {{language}} are filled in; date and time are those of the chat's beginning."), this);
    for (QLabel *label : {m_of, m_told, hint}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setFont(appearance.font(FontRole::Small));
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, appearance.theme().text2);
        label->setPalette(palette);
    }
    m_edit->setSubmitsOnReturn(false);
    m_edit->setAccessibleName(tr("Instructions for the model"));
    m_edit->setPlaceholderText(tr("What the model is told before every answer"));
    m_edit->setFrameShape(QFrame::StyledPanel);
    m_edit->setMinimumHeight(180);
    auto *save = new TextButton(appearance, tr("Save"), TextButton::Kind::Primary, this);
    auto *cancel = new TextButton(appearance, tr("Cancel"), TextButton::Kind::Outlined, this);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(save);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(10);
    all->addWidget(m_choice, 0, Qt::AlignLeft);
    all->addWidget(m_of);
    all->addWidget(m_edit, 1);
    all->addWidget(hint);
    all->addWidget(m_told);
    all->addLayout(buttons);
    connect(m_choice, &Segmented::chosen, this, [this](int level) {
        keep();
        show(level);
    });
    connect(m_edit, &QTextEdit::textChanged, this, &InstructionsDialog::tell);
    connect(cancel, &TextButton::clicked, this, &QDialog::reject);
    connect(save, &TextButton::clicked, this, [this] {
        keep();
        accept();
    });
    connect(m_edit, &PlainEdit::submitted, save, &QAbstractButton::click);
    show(shown);
    resize(560, 400);
}

void InstructionsDialog::keep()
{
    m_levels[m_level].instructions = m_edit->text().trimmed();
}

void InstructionsDialog::show(int level)
{
    m_level = qBound(0, level, int(m_levels.size()) - 1);
    m_choice->setCurrent(m_level);
    m_of->setText(m_levels[m_level].of);
    m_of->setVisible(!m_levels[m_level].of.isEmpty());
    m_edit->setText(m_levels[m_level].instructions);
    m_edit->setFocus(Qt::OtherFocusReason);
    tell();
}

// What the model is told in this chat, all levels taken together.
void InstructionsDialog::tell()
{
    QString text, from;
    for (int i = 0; i < m_levels.size(); ++i) {
        const QString own = i == m_level ? m_edit->text().trimmed() : m_levels[i].instructions;
        if (!own.isEmpty()) {
            text = own;
            from = m_levels[i].name;
        }
    }
    const QString shown = m_preview(text).simplified();
    m_told->setText(text.isEmpty() ? tr("This chat is told nothing.")
                                   : tr("This chat is told, by “%1”: %2").arg(from, shown.size() > 160 ? shown.left(159) + QChar(0x2026) : shown));
}

} // namespace ui
