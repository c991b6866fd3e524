#include "ui/chat/deleted_chats_dialog.h"

#include "ui/appearance.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/list_keys.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QMessageBox>
#include <QVBoxLayout>

namespace ui {

DeletedChatsDialog::DeletedChatsDialog(const Appearance &appearance, app::ConversationListModel &model, QWidget *parent)
    : QDialog(parent), m_model(model), m_words(new QLabel(this)), m_list(new QListWidget(this)),
      m_restore(new TextButton(appearance, tr("Bring back"), TextButton::Kind::Primary, this)),
      m_remove(new TextButton(appearance, tr("Remove for good…"), TextButton::Kind::Outlined, this))
{
    setWindowTitle(tr("Deleted chats"));
    resize(480, 420);
    m_words->setWordWrap(true);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setAccessibleName(tr("Deleted chats"));
    moveWithJk(m_list);
    auto *close = new TextButton(appearance, tr("Close"), TextButton::Kind::Outlined, this);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_remove);
    buttons->addStretch();
    buttons->addWidget(close);
    buttons->addWidget(m_restore);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(12);
    all->addWidget(m_words);
    all->addWidget(m_list, 1);
    all->addLayout(buttons);

    connect(m_list, &QListWidget::itemSelectionChanged, this, &DeletedChatsDialog::update);
    connect(m_list, &QListWidget::itemActivated, this, [this](QListWidgetItem *) { m_restore->click(); });
    connect(close, &TextButton::clicked, this, &QDialog::accept);
    connect(m_restore, &TextButton::clicked, this, [this] {
        for (const qint64 id : chosen())
            m_model.restore(id);
        load();
    });
    connect(m_remove, &TextButton::clicked, this, [this] {
        const QVector<qint64> ids = chosen();
        if (QMessageBox::question(this, tr("Remove for good"),
                                  tr("Remove %1 with all messages? This cannot be undone.").arg(chatCount(ids.size()))) !=
            QMessageBox::Yes)
            return;
        for (const qint64 id : ids)
            m_model.removeForGood(id);
        load();
    });
    load();
}

// After writes that were asked for before: the store answers in order.
void DeletedChatsDialog::load()
{
    m_model.readDeleted(this, [this](const QVector<app::ConversationRecord> &chats) {
        m_list->clear();
        for (const app::ConversationRecord &chat : chats) {
            const QDateTime deleted = QDateTime::fromMSecsSinceEpoch(chat.deletedAt);
            const qint64 left = std::max<qint64>(0, QDateTime::currentDateTime().daysTo(
                                                        QDateTime::fromMSecsSinceEpoch(chat.deletedAt + app::kKeepDeletedMs)));
            auto *item = new QListWidgetItem(chat.title.isEmpty() ? tr("New chat") : chat.title.simplified(), m_list);
            item->setData(Qt::UserRole, chat.id);
            item->setToolTip(tr("Deleted on %1. Days left: %2.").arg(QLocale().toString(deleted.date(), QLocale::ShortFormat)).arg(left));
        }
        if (m_list->count() > 0)
            m_list->setCurrentRow(0);
        update();
    });
}

void DeletedChatsDialog::update()
{
    m_words->setText(m_list->count() > 0 ? tr("Deleted chats are kept for 30 days.")
                                         : tr("No chat was deleted in the last 30 days."));
    m_restore->setEnabled(!chosen().isEmpty());
    m_remove->setEnabled(!chosen().isEmpty());
}

QVector<qint64> DeletedChatsDialog::chosen() const
{
    QVector<qint64> ids;
    for (const QListWidgetItem *item : m_list->selectedItems())
        ids << item->data(Qt::UserRole).toLongLong();
    return ids;
}

} // namespace ui
