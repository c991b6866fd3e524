#include "ui/chat/conversation_drag.h"

#include <QApplication>
#include <QDrag>
#include <QDropEvent>
#include <QListView>
#include <QMimeData>
#include <QMouseEvent>

namespace ui {

namespace {

const QString kChat = QStringLiteral("application/x-baleen-chat");
const QString kFolder = QStringLiteral("application/x-baleen-folder");

QMimeData *dataOf(const QString &type, qint64 id)
{
    auto *data = new QMimeData;
    data->setData(type, QByteArray::number(id));
    return data;
}

} // namespace

ConversationDrag::ConversationDrag(QListView &view, Model &model, std::function<bool(const QPoint &)> headAt)
    : QObject(&view), m_view(view), m_model(model), m_headAt(std::move(headAt))
{
    view.viewport()->setAcceptDrops(true);
    view.viewport()->installEventFilter(this);
}

QMimeData *ConversationDrag::dataOfChat(qint64 id)
{
    return dataOf(kChat, id);
}

QMimeData *ConversationDrag::dataOfFolder(qint64 id)
{
    return dataOf(kFolder, id);
}

void ConversationDrag::setTarget(std::optional<qint64> target)
{
    if (m_target == target)
        return;
    m_target = target;
    m_view.viewport()->update();
}

std::optional<qint64> ConversationDrag::targetOf(const QMimeData &data, const QPoint &at) const
{
    const QModelIndex index = m_view.indexAt(at);
    if (!index.isValid())
        return std::nullopt;
    const auto group = Model::Group(index.data(Model::GroupRole).toInt());
    if (group == Model::Group::Pinned || group == Model::Group::Archived)
        return std::nullopt;
    const qint64 folder = index.data(Model::FolderRole).toLongLong();
    if (data.hasFormat(kFolder))
        return m_model.canMoveFolder(data.data(kFolder).toLongLong(), folder) ? std::optional(folder) : std::nullopt;
    const int row = m_model.rowOf(data.data(kChat).toLongLong());
    return row >= 0 && m_model.conversation(row).folder != folder ? std::optional(folder) : std::nullopt;
}

void ConversationDrag::begin()
{
    const QModelIndex index = m_view.indexAt(m_pressed);
    if (!index.isValid())
        return;
    const qint64 folder = index.data(Model::FolderRole).toLongLong();
    const bool head = m_headAt(m_pressed);
    if (head && folder == 0)
        return;
    auto *drag = new QDrag(&m_view); // Qt deletes it when the drop is done
    drag->setMimeData(head ? dataOfFolder(folder) : dataOfChat(index.data(Model::IdRole).toLongLong()));
    drag->exec(Qt::MoveAction);
    setTarget({});
}

bool ConversationDrag::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        m_pressed = static_cast<QMouseEvent *>(event)->position().toPoint();
        m_down = static_cast<QMouseEvent *>(event)->button() == Qt::LeftButton;
        break;
    case QEvent::MouseButtonRelease:
        m_down = false;
        break;
    case QEvent::MouseMove: {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        if (m_down && (mouse->buttons() & Qt::LeftButton) &&
            (mouse->position().toPoint() - m_pressed).manhattanLength() >= QApplication::startDragDistance()) {
            m_down = false;
            begin();
            return true;
        }
        break;
    }
    case QEvent::DragEnter:
    case QEvent::DragMove: {
        auto *drop = static_cast<QDropEvent *>(event);
        if (!drop->mimeData()->hasFormat(kChat) && !drop->mimeData()->hasFormat(kFolder))
            break;
        setTarget(targetOf(*drop->mimeData(), drop->position().toPoint()));
        drop->setDropAction(Qt::MoveAction);
        drop->setAccepted(event->type() == QEvent::DragEnter || m_target.has_value()); // else no move is told
        return true;
    }
    case QEvent::DragLeave:
        setTarget({});
        break;
    case QEvent::Drop: {
        auto *drop = static_cast<QDropEvent *>(event);
        const QMimeData &data = *drop->mimeData();
        if (!data.hasFormat(kChat) && !data.hasFormat(kFolder))
            break;
        if (const auto folder = targetOf(data, drop->position().toPoint())) {
            if (data.hasFormat(kFolder))
                m_model.moveFolder(data.data(kFolder).toLongLong(), *folder);
            else
                m_model.setFolder(data.data(kChat).toLongLong(), *folder);
            drop->setDropAction(Qt::MoveAction);
            drop->accept();
        }
        setTarget({});
        return true;
    }
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace ui
