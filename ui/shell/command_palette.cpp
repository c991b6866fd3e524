#include "ui/shell/command_palette.h"

#include <QAccessible>
#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace ui {

namespace {

constexpr int kMargin = 16, kMostShown = 396; // 11 rows
constexpr int kAskMs = 150;

} // namespace

CommandPalette::CommandPalette(const Appearance &appearance, QWidget *window)
    : QWidget(window), m_appearance(appearance), m_field(new QLineEdit(this)), m_list(new CommandList(appearance, m_model, this)),
      m_empty(new QLabel(this))
{
    hide();
    setAccessibleName(tr("Command palette"));
    m_field->setPlaceholderText(tr("Find an action, a chat, a model or a setting"));
    m_field->setAccessibleName(tr("Find an action, a chat, a model or a setting"));
    m_field->setMaxLength(200);
    m_list->setAccessibleName(tr("What was found"));
    m_list->setFocusPolicy(Qt::NoFocus); // the field moves in it
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setContentsMargins(12, 8, 12, 10);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(8, 8, 8, 8);
    all->setSpacing(6);
    all->addWidget(m_field);
    all->addWidget(m_empty);
    all->addWidget(m_list, 1);
    m_field->installEventFilter(this);
    window->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::find);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &CommandPalette::tellCurrent);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &CommandPalette::place);
    m_askTimer.setSingleShot(true);
    m_askTimer.setInterval(kAskMs);
    connect(&m_askTimer, &QTimer::timeout, this, [this] { Q_EMIT nothingMatches(m_field->text()); });
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void CommandPalette::open(QVector<Command> commands)
{
    m_before = window()->focusWidget();
    m_field->clear();
    setCommands(std::move(commands));
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::setCommands(QVector<Command> commands)
{
    m_model.setCommands(std::move(commands));
    find();
}

void CommandPalette::addFound(const QString &typed, QVector<Command> commands)
{
    if (!isVisible() || typed != m_field->text())
        return;
    m_empty->setText(commands.isEmpty() ? tr("Nothing is called or says that.") : tr("Nothing is called that. It was said here:"));
    m_model.addFound(std::move(commands));
    if (!m_list->currentIndex().isValid())
        m_list->step(1);
    place();
}

void CommandPalette::close()
{
    if (isHidden())
        return;
    m_askTimer.stop();
    const bool focused = isAncestorOf(window()->focusWidget());
    hide();
    if (focused && m_before && m_before->isVisible())
        m_before->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::find()
{
    m_askTimer.stop();
    m_model.find(m_field->text());
    m_list->setCurrentIndex(m_model.index(0));
    m_list->scrollToTop();
    if (m_model.rowCount() == 0) {
        m_empty->setText(tr("Nothing is called that."));
        if (isVisible())
            m_askTimer.start();
    }
    m_empty->setVisible(m_model.rowCount() == 0);
    place();
}

void CommandPalette::run(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const auto run = m_model.command(index.row()).run;
    close(); // first: what is done may look at the focus, or set it
    if (run)
        run();
}

// The focus stays in the field: the row that is current is read aloud as its description.
void CommandPalette::tellCurrent()
{
    const QModelIndex current = m_list->currentIndex();
    const QString words = current.isValid() ? current.data(Qt::AccessibleTextRole).toString() : m_empty->text();
    if (m_field->accessibleDescription() == words)
        return;
    m_field->setAccessibleDescription(words);
    QAccessibleEvent event(m_field, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void CommandPalette::place()
{
    const QWidget *window = parentWidget();
    const int width = std::min(kWidth, window->width() - 2 * kMargin);
    const int top = std::max(kMargin, window->height() / 8);
    const int rest = 16 + m_field->sizeHint().height() + (m_empty->isHidden() ? 0 : m_empty->sizeHint().height() + 6);
    const int rows = m_list->contentHeight(std::min(kMostShown, window->height() - top - rest - kMargin));
    m_list->setVisible(m_model.rowCount() > 0);
    QPalette palette = m_empty->palette();
    palette.setColor(QPalette::WindowText, m_appearance.theme().text2);
    m_empty->setPalette(palette);
    m_empty->setFont(m_appearance.font(FontRole::Ui));
    setGeometry((window->width() - width) / 2, top, width, rest + (rows > 0 ? rows + 6 : 0));
    tellCurrent();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) {
        place();
    } else if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        switch (key) {
        case Qt::Key_Up:
        case Qt::Key_Down:
            m_list->step(key == Qt::Key_Up ? -1 : 1);
            return true;
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
        case Qt::Key_Tab: // nothing else here takes the focus
        case Qt::Key_Backtab:
            if (key == Qt::Key_PageUp || key == Qt::Key_PageDown)
                QApplication::sendEvent(m_list, event);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            run(m_list->currentIndex());
            return true;
        case Qt::Key_Escape:
            close();
            return true;
        default:
            break;
        }
    } else if (watched == m_field && event->type() == QEvent::ShortcutOverride) {
        // Its own keys only: an action that is carried out behind it would not be seen. Ctrl+K and Esc close it.
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->keyCombination() != (Qt::CTRL | Qt::Key_K)) {
            event->accept();
            return true;
        }
    } else if (watched == m_field && event->type() == QEvent::FocusOut) {
        const Qt::FocusReason reason = static_cast<QFocusEvent *>(event)->reason();
        if (reason != Qt::ActiveWindowFocusReason && reason != Qt::PopupFocusReason)
            QMetaObject::invokeMethod(
                this, [this] { if (!m_field->hasFocus()) close(); }, Qt::QueuedConnection);
    }
    return QWidget::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.popoverEdge, 1));
    painter.setBrush(t.popover);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

} // namespace ui
