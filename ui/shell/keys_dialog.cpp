#include "ui/shell/keys_dialog.h"

#include "ui/widgets/buttons.h"
#include "ui/widgets/list_keys.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QVBoxLayout>

namespace ui {

KeysDialog::KeysDialog(const Appearance &appearance, const QString &title, const QVector<const QWidget *> &owners, ActionPlace place,
                       QWidget *parent)
    : QDialog(parent), m_field(new QLineEdit(this)), m_list(new CommandList(appearance, m_model, this))
{
    setWindowTitle(title);
    resize(parent ? QSize(560, 640).boundedTo(parent->window()->size() - QSize(32, 24)) : QSize(560, 640));
    QVector<Command> commands;
    const auto addFields = [&](ActionPlace of) {
        for (const FieldKeys &keys : allFieldKeys())
            if (keys.place == of)
                commands.append({Command::Kind::Key, QStringLiteral("keyboard"), fieldKeysDoes(keys), fieldKeysShown(keys), {}, {}, {}});
    };
    for (const QWidget *owner : owners) {
        for (BoundAction *action : boundActions(owner)) {
            commands.append({Command::Kind::Action, QString::fromLatin1(action->info().icon), action->text(), action->shortcut().toString(QKeySequence::NativeText), {}, {},
                             [action] { action->trigger(); }});
        }
        addFields(owner == owners.last() ? ActionPlace::Window : place);
    }
    m_model.setCommands(commands);
    m_field->setPlaceholderText(tr("Search keys"));
    m_field->setAccessibleName(tr("Search keys"));
    m_field->setMaxLength(200);
    m_field->installEventFilter(this);
    m_list->setAccessibleName(title);
    moveWithJk(m_list);
    auto *heading = new QLabel(title, this);
    heading->setFont(appearance.font(FontRole::Title));
    auto *close = new TextButton(appearance, tr("Close"), TextButton::Kind::Outlined, this);
    connect(close, &TextButton::clicked, this, &QDialog::reject);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model.find(text);
        m_list->setCurrentIndex(m_model.index(0));
    });
    connect(m_list, &QListView::activated, this, &KeysDialog::run);
    auto *foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(close);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(16, 16, 16, 16);
    all->setSpacing(10);
    all->addWidget(heading);
    all->addWidget(m_field);
    all->addWidget(m_list, 1);
    all->addLayout(foot);
    m_list->setCurrentIndex(m_model.index(0));
    m_field->setFocus();
}

void KeysDialog::run(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const auto run = m_model.command(index.row()).run;
    if (!run)
        return;
    accept();
    QMetaObject::invokeMethod(parentWidget(), run, Qt::QueuedConnection);
}

bool KeysDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            m_list->step(key == Qt::Key_Up ? -1 : 1);
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            run(m_list->currentIndex());
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace ui
