#include "ui/chat/transcript.h"

#include "app/chat/message_list_model.h"
#include "ui/chat/formula_pictures.h"

#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kColumn = 720;
constexpr int kTop = 20;
constexpr int kWordsLeft = 20; // of words alone, level with the title above them
constexpr int kBottom = 20;
constexpr int kGap = 12;
constexpr int kCopiedMs = 2000;
constexpr int kKeepAround = 4000; // px above and below the view where items are kept

} // namespace

Transcript::Transcript(const Appearance &appearance, QWidget *parent)
    : QAbstractScrollArea(parent), m_appearance(appearance),
      m_endButton(new TextButton(appearance, tr("To the end"), TextButton::Kind::Outlined, this))
{
    installAccessibleRows();
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Conversation"));
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    verticalScrollBar()->setSingleStep(48);
    m_endButton->setIconName(QStringLiteral("chevron-down"));
    m_endButton->setButtonHeight(28);
    m_endButton->hide();
    connect(m_endButton, &TextButton::clicked, this, &Transcript::scrollToEnd);
    connect(&appearance, &Appearance::changed, this, [this] {
        for (auto &message : m_messages)
            message->restyle();
        relayout();
    });
    connect(&FormulaPictures::of(appearance), &FormulaPictures::came, this, [this] {
        bool any = false;
        for (auto &message : m_messages)
            any = message->takeFormulas() || any;
        if (any)
            relayout();
    });
    m_tops = {kTop};
}

Transcript::~Transcript() = default;

void Transcript::setModel(app::MessageListModel *model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    if (model) {
        using Model = app::MessageListModel;
        connect(model, &Model::modelReset, this, &Transcript::resetMessages);
        connect(model, &Model::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
            for (int row = first; row <= last; ++row)
                m_messages.insert(m_messages.begin() + row,
                                  std::make_unique<MessageView>(m_appearance, m_model->message(row)));
            m_anchor = m_cursor = {};
            m_following = true; // a message was sent: show it
            updateExtras();
            relayout();
        });
        connect(model, &Model::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
            m_messages.erase(m_messages.begin() + first, m_messages.begin() + last + 1);
            m_anchor = m_cursor = {};
            updateExtras();
            relayout();
        });
        connect(model, &Model::dataChanged, this, [this](const QModelIndex &from, const QModelIndex &to) {
            for (int row = from.row(); row <= to.row() && row < messageCount(); ++row) {
                if (m_messages[size_t(row)]->id() != m_model->message(row).id)
                    m_messages[size_t(row)] =
                        std::make_unique<MessageView>(m_appearance, m_model->message(row));
                else
                    m_messages[size_t(row)]->setRecord(m_model->message(row));
            }
            updateExtras();
            relayout();
        });
        connect(model, &Model::textAppended, this, [this](int row, const QString &text) {
            if (row < 0 || row >= messageCount())
                return;
            m_messages[size_t(row)]->appendText(text);
            m_newLines += int(text.count(QLatin1Char('\n')));
            relayout();
        });
        connect(model, &Model::reasoningAppended, this, [this](int row, const QString &text) {
            if (row < 0 || row >= messageCount())
                return;
            m_messages[size_t(row)]->appendReasoning(text);
            relayout();
        });
    }
    resetMessages();
}

void Transcript::resetMessages()
{
    m_messages.clear();
    m_anchor = m_cursor = {};
    m_hoveredRow = -1;
    m_copiedItem = -1;
    m_newLines = 0;
    m_found.clear();
    m_places.clear();
    m_foundAt = -1;
    m_following = true;
    if (m_model) {
        for (int row = 0; row < m_model->rowCount(); ++row)
            m_messages.push_back(std::make_unique<MessageView>(m_appearance, m_model->message(row)));
    }
    updateExtras();
    relayout();
}

void Transcript::setActivity(int activeRow, bool busy, bool canContinue,
                             const std::optional<Progress> &progress, bool thinking, qint64 thinkingMs)
{
    m_activeRow = activeRow;
    m_busy = busy;
    m_canContinue = canContinue;
    m_progress = progress;
    m_thinking = thinking;
    m_thinkingMs = thinkingMs;
    updateExtras();
    relayout();
}

void Transcript::updateExtras()
{
    int lastAnswer = messageCount() - 1;
    for (int row = 0; row < messageCount(); ++row) {
        MessageExtras extras;
        if (m_model && row < m_model->rowCount()) {
            extras.version = m_model->version(row);
            extras.versions = m_model->versionCount(row);
            const app::ContextTurn &turn = m_model->turnOf(row);
            extras.sight = turn.sight;
            extras.beginsTurn = turn.first == row;
            if (extras.beginsTurn && turn.summary >= 0) {
                extras.summary = m_model->message(turn.summary).summary;
                extras.summaryTurns = m_model->turnsSummarised(turn);
            }
        }
        extras.last = row == lastAnswer;
        extras.busy = m_busy;
        extras.compared = m_compared;
        extras.wordsAlone = m_wordsAlone;
        extras.active = row == m_activeRow;
        extras.canContinue = extras.last && m_canContinue;
        if (extras.active) {
            extras.progress = m_progress;
            extras.thinking = m_thinking;
            extras.thinkingMs = m_thinkingMs;
        }
        m_messages[size_t(row)]->setExtras(extras);
    }
}

int Transcript::columnWidth() const
{
    return std::max(120, std::min(kColumn, width() - 48));
}

int Transcript::columnLeft() const
{
    if (m_wordsAlone)
        return kWordsLeft;
    return (width() - columnWidth()) / 2; // of the whole widget: the lane of the scroll bar moves nothing
}

QRect Transcript::messageRect(int row) const
{
    const QPoint at(columnLeft(), topOf(row) - verticalScrollBar()->value());
    return QRect(viewport()->mapToGlobal(at),
                 QSize(columnWidth(), m_messages[size_t(row)]->estimatedHeight(columnWidth())));
}

QRect Transcript::column() const
{
    return QRect(columnLeft(), 0, columnWidth(), height());
}

int Transcript::contentHeight() const
{
    return m_tops.back() - (m_messages.empty() ? 0 : kGap) + kBottom;
}

void Transcript::placeRows()
{
    m_tops.resize(m_messages.size() + 1);
    int y = kTop;
    for (size_t i = 0; i < m_messages.size(); ++i) {
        m_tops[i] = y;
        y += m_messages[i]->estimatedHeight(columnWidth()) + kGap;
    }
    m_tops.back() = y;
}

int Transcript::rowAt(int y) const
{
    const auto after = std::upper_bound(m_tops.begin(), m_tops.end() - 1, y);
    return std::clamp(int(after - m_tops.begin()) - 1, 0, std::max(0, messageCount() - 1));
}

void Transcript::relayout()
{
    if (m_messages.empty()) {
        m_tops = {kTop};
        verticalScrollBar()->setRange(0, 0);
        placeEndButton();
        viewport()->update();
        return;
    }
    QScrollBar *bar = verticalScrollBar();
    // What stands at the top of the view stays there.
    const int anchorRow = m_tops.size() == m_messages.size() + 1 ? rowAt(bar->value()) : 0;
    const int offset = m_tops.size() == m_messages.size() + 1 ? bar->value() - topOf(anchorRow) : 0;
    m_adjusting = true;
    placeRows();
    for (int pass = 0; pass < 4; ++pass) {
        const int view = viewport()->height();
        const int end = std::max(0, m_tops.back() - kGap + kBottom - view);
        const int value = m_following ? end : std::clamp(topOf(anchorRow) + offset, 0, end);
        bool grew = false;
        for (int row = rowAt(value - 200); row < messageCount() && topOf(row) < value + view + 200; ++row) {
            MessageView &message = *m_messages[size_t(row)];
            const int before = message.estimatedHeight(columnWidth());
            message.layout(columnWidth());
            grew = grew || message.height() != before;
            if (grew)
                placeRows();
        }
        const int newEnd = std::max(0, m_tops.back() - kGap + kBottom - view);
        bar->setPageStep(view);
        bar->setRange(0, newEnd);
        bar->setValue(m_following ? newEnd : std::clamp(topOf(anchorRow) + offset, 0, newEnd));
        if (!grew)
            break;
    }
    const int value = bar->value();
    for (int row = 0; row < messageCount(); ++row) {
        if (topOf(row + 1) < value - kKeepAround || topOf(row) > value + viewport()->height() + kKeepAround)
            m_messages[size_t(row)]->release();
    }
    m_adjusting = false;
    placeEndButton();
    viewport()->update();
    Q_EMIT moved();
}

void Transcript::scrollToEnd()
{
    m_following = true;
    relayout();
}

app::ConversationView Transcript::view() const
{
    if (m_following || m_messages.empty())
        return {};
    const int value = verticalScrollBar()->value(), row = rowAt(value);
    return {m_messages[size_t(row)]->id(), value - topOf(row)};
}

void Transcript::setView(const app::ConversationView &view)
{
    const int row = m_model && view.messageId != 0 ? m_model->rowOf(view.messageId) : -1;
    if (row < 0)
        return;
    m_following = false;
    for (int pass = 0; pass < 3; ++pass) { // heights above are exact only once they were seen
        verticalScrollBar()->setValue(topOf(row) + view.offset);
        relayout();
    }
}

void Transcript::scrollContentsBy(int, int)
{
    if (!m_adjusting) {
        m_following = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 2;
        relayout();
    }
    updatePointer(m_pointer);
    viewport()->update();
    Q_EMIT moved();
}

void Transcript::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    relayout();
}

void Transcript::placeEndButton()
{
    const bool shown = !m_following && !m_wordsAlone && verticalScrollBar()->maximum() > 0 &&
                       verticalScrollBar()->value() < verticalScrollBar()->maximum() - 40;
    if (m_following)
        m_newLines = 0;
    if (shown) {
        m_endButton->setText(m_newLines > 0 && m_busy ? tr("To the end, %1 new lines").arg(m_newLines)
                                                      : tr("To the end"));
        const QSize size = m_endButton->sizeHint();
        m_endButton->setGeometry((width() - size.width()) / 2, height() - size.height() - 8, size.width(),
                                 size.height());
        m_endButton->raise();
    }
    m_endButton->setVisible(shown);
}

void Transcript::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    const Theme &theme = m_appearance.theme();
    painter.fillRect(event->rect(), theme.surface);
    if (m_messages.empty())
        return;
    const int scroll = verticalScrollBar()->value();
    const bool focused = hasFocus() || m_selecting;
    const int focusedRow = hasFocus() ? focusedMessage() : -1;
    for (int row = rowAt(scroll + event->rect().top()); row < messageCount(); ++row) {
        const int top = topOf(row) - scroll;
        if (top > event->rect().bottom())
            break;
        MessageView &message = *m_messages[size_t(row)];
        message.layout(columnWidth());
        const QPointF at(columnLeft(), top);
        PaintContext context{m_appearance,
                             QRectF(event->rect()).translated(-at),
                             QPointF(m_pointer) - at,
                             focused ? theme.selection : theme.pressed,
                             0,
                             0,
                             devicePixelRatioF(),
                             row == m_hoveredRow || row == focusedRow,
                             m_found};
        painter.save();
        painter.translate(at);
        message.paint(painter, context, [this, row](int item) { return selectedIn(row, item); });
        painter.restore();
        if (row == focusedRow)
            paintFocus(painter, QRectF(at, QSizeF(columnWidth(), message.height())));
    }
}

Transcript::Spot Transcript::spotAt(const QPoint &point) const
{
    if (m_messages.empty())
        return {};
    const int y = point.y() + verticalScrollBar()->value();
    Spot spot;
    spot.row = rowAt(y);
    MessageView &message = *m_messages[size_t(spot.row)];
    if (!message.isLaidOut(columnWidth()))
        message.layout(columnWidth());
    const QPointF inMessage(point.x() - columnLeft(), y - topOf(spot.row));
    spot.item = message.itemAt(int(inMessage.y()));
    if (spot.item >= 0) {
        const Placed &p = message.item(spot.item);
        spot.inItem = inMessage - QPointF(p.x, p.y);
    }
    return spot;
}

Hot Transcript::hotAt(const QPoint &point, Spot *where) const
{
    const Spot spot = spotAt(point);
    if (where)
        *where = spot;
    if (spot.item < 0)
        return {};
    const Placed &p = m_messages[size_t(spot.row)]->item(spot.item);
    if (spot.inItem.y() < 0 || spot.inItem.y() >= p.height)
        return {};
    return p.item->hotAt(spot.inItem);
}

Transcript::Position Transcript::positionAt(const QPoint &point) const
{
    const Spot spot = spotAt(point);
    if (spot.item < 0)
        return {std::max(0, spot.row), 0, 0};
    const Placed &p = m_messages[size_t(spot.row)]->item(spot.item);
    return {spot.row, spot.item, p.item->positionAt(spot.inItem)};
}

std::pair<int, int> Transcript::selectedIn(int row, int item) const
{
    if (!hasSelection())
        return {0, 0};
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    const Position begin{row, item, 0};
    const int length = m_messages[size_t(row)]->item(item).item->length();
    if (to < begin || from > Position{row, item, length})
        return {0, 0};
    const int a = from.row == row && from.item == item ? from.character : 0;
    const int b = to.row == row && to.item == item ? to.character : length;
    return {a, b};
}

bool Transcript::hasSelection() const
{
    return m_anchor.row >= 0 && m_cursor.row >= 0 && !(m_anchor == m_cursor);
}

QString Transcript::selectedText() const
{
    if (!hasSelection())
        return QString();
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    QStringList parts;
    for (int row = from.row; row <= to.row && row < messageCount(); ++row) {
        MessageView &message = *m_messages[size_t(row)];
        message.layout(columnWidth());
        for (int i = 0; i < message.itemCount(); ++i) {
            const auto [a, b] = selectedIn(row, i);
            if (b > a)
                parts.append(message.item(i).item->text(a, b));
        }
    }
    return parts.join(QStringLiteral("\n\n"));
}

void Transcript::copySelection()
{
    if (hasSelection())
        QApplication::clipboard()->setText(selectedText());
}

void Transcript::selectAll()
{
    if (m_messages.empty())
        return;
    m_anchor = {0, 0, 0};
    MessageView &last = *m_messages.back();
    last.layout(columnWidth());
    const int item = std::max(0, last.itemCount() - 1);
    m_cursor = {messageCount() - 1, item, last.itemCount() ? last.item(item).item->length() : 0};
    viewport()->update();
}

void Transcript::selectWord(const Position &at)
{
    MessageView &message = *m_messages[size_t(at.row)];
    if (at.item >= message.itemCount())
        return;
    const Item &item = *message.item(at.item).item;
    const QString text = item.text(0, item.length());
    if (text.isEmpty())
        return;
    const auto isWord = [&](int i) { return text[i].isLetterOrNumber() || text[i] == QLatin1Char('_'); };
    int from = std::clamp(at.character, 0, int(text.size()) - 1), to = from;
    while (from > 0 && isWord(from - 1) && isWord(from))
        --from;
    while (to < text.size() && isWord(to))
        ++to;
    m_anchor = {at.row, at.item, from};
    m_cursor = {at.row, at.item, std::max(to, from + 1)};
    viewport()->update();
}

void Transcript::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    setFocus(Qt::MouseFocusReason);
    m_pressed = hotAt(event->pos(), &m_pressedSpot);
    if (m_pressed.action != Action::None && m_pressed.action != Action::OpenLink)
        return;
    if (m_messages.empty())
        return;
    const Position at = positionAt(event->pos());
    if (!(event->modifiers() & Qt::ShiftModifier) || m_anchor.row < 0)
        m_anchor = at;
    m_cursor = at;
    m_selecting = true;
    viewport()->update();
}

void Transcript::mouseMoveEvent(QMouseEvent *event)
{
    m_pointer = event->pos();
    if (m_selecting && (event->buttons() & Qt::LeftButton)) {
        m_cursor = positionAt(event->pos());
        const bool outside = event->pos().y() < 0 || event->pos().y() > viewport()->height();
        if (outside && !m_autoScroll.isActive())
            m_autoScroll.start(30, this);
        else if (!outside)
            m_autoScroll.stop();
        viewport()->update();
        return;
    }
    updatePointer(event->pos());
}

void Transcript::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_autoScroll.stop();
    const bool selected = m_selecting && hasSelection();
    m_selecting = false;
    if (selected && QApplication::clipboard()->supportsSelection())
        QApplication::clipboard()->setText(selectedText(), QClipboard::Selection);
    Spot spot;
    const Hot hot = hotAt(event->pos(), &spot);
    if (m_pressed.action != Action::None && hot.action == m_pressed.action && hot.text == m_pressed.text &&
        !selected)
        press(hot, spot);
    m_pressed = {};
    viewport()->update();
}

void Transcript::mouseDoubleClickEvent(QMouseEvent *event)
{
    Spot spot;
    if (hotAt(event->pos(), &spot).action != Action::None) {
        mousePressEvent(event);
        return;
    }
    if (!m_messages.empty())
        selectWord(positionAt(event->pos()));
}

void Transcript::press(const Hot &hot, const Spot &spot)
{
    MessageView &message = *m_messages[size_t(spot.row)];
    switch (hot.action) {
    case Action::OpenLink:
        if (hot.text.startsWith(app::markdown::kFootnoteLink))
            followWithin(spot.row, hot.text);
        else
            Q_EMIT linkActivated(hot.text, hot.words);
        break;
    case Action::CopyCode:
        QApplication::clipboard()->setText(hot.text);
        markCopied(spot, hot);
        break;
    case Action::CopyMessage:
        QApplication::clipboard()->setText(message.record().content);
        markCopied(spot, hot);
        break;
    case Action::OpenInCode:
        Q_EMIT openInCode(hot.text, hot.language);
        break;
    case Action::SaveCode:
        Q_EMIT saveCodeRequested(hot.text, hot.language);
        break;
    case Action::ToggleWrap:
        if (message.item(spot.item).item->toggle(hot)) {
            message.layoutAgain(spot.item);
            m_following = false;
            relayout();
        }
        break;
    case Action::ToggleReasoning:
        m_following = false;
        message.setReasoningUnfolded(!message.reasoningUnfolded());
        relayout();
        m_following = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 2;
        placeEndButton();
        break;
    case Action::Custom:
        if (hot.text == QLatin1String("fold")) {
            m_following = false;
            message.toggleBubble();
            relayout();
            break;
        }
        [[fallthrough]];
    default:
        Q_EMIT actionRequested(hot.action, spot.row, hot.text);
        break;
    }
}

void Transcript::markCopied(const Spot &spot, const Hot &hot)
{
    MessageView &message = *m_messages[size_t(spot.row)];
    message.item(spot.item).item->markCopied(hot, true);
    m_copiedId = message.id();
    m_copiedItem = spot.item;
    m_copiedHot = hot;
    m_copiedTimer.start(kCopiedMs, this);
    viewport()->update();
}

void Transcript::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_copiedTimer.timerId()) {
        m_copiedTimer.stop();
        for (auto &message : m_messages) {
            if (message->id() == m_copiedId && m_copiedItem >= 0 && m_copiedItem < message->itemCount())
                message->item(m_copiedItem).item->markCopied(m_copiedHot, false);
        }
        viewport()->update();
    } else if (event->timerId() == m_autoScroll.timerId()) {
        const int beyond = m_pointer.y() < 0 ? m_pointer.y() : m_pointer.y() - viewport()->height();
        verticalScrollBar()->setValue(verticalScrollBar()->value() + std::clamp(beyond, -60, 60));
        if (m_selecting)
            m_cursor = positionAt(m_pointer);
        viewport()->update();
    } else {
        QAbstractScrollArea::timerEvent(event);
    }
}

void Transcript::updatePointer(const QPoint &point)
{
    m_pointer = point;
    if (!viewport()->rect().contains(point) || m_messages.empty()) {
        m_hoveredRow = -1;
        viewport()->update();
        return;
    }
    Spot spot;
    const Hot hot = hotAt(point, &spot);
    m_hoveredRow = spot.row;
    const bool text =
        spot.item >= 0 && m_messages[size_t(spot.row)]->item(spot.item).item->isTextAt(spot.inItem);
    viewport()->setCursor(hot.action != Action::None ? Qt::PointingHandCursor
                          : text                     ? Qt::IBeamCursor
                                                     : Qt::ArrowCursor);
    viewport()->update();
}

bool Transcript::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave) {
        updatePointer({-10000, -10000});
    } else if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const Hot hot = hotAt(help->pos());
        if (hot.tip.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), hot.tip, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void Transcript::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & Qt::ControlModifier) {
        m_wheel += event->angleDelta().y();
        if (const int steps = m_wheel / QWheelEvent::DefaultDeltasPerStep; steps != 0) {
            m_wheel -= steps * QWheelEvent::DefaultDeltasPerStep;
            Q_EMIT zoomRequested(steps);
        }
        event->accept();
        return;
    }
    QPoint delta = event->pixelDelta().isNull() ? event->angleDelta() / 2 : event->pixelDelta();
    if (event->modifiers() & Qt::ShiftModifier && delta.x() == 0)
        delta = QPoint(delta.y(), 0);
    if (std::abs(delta.x()) > std::abs(delta.y())) {
        const Spot spot = spotAt(event->position().toPoint());
        if (spot.item >= 0)
            m_messages[size_t(spot.row)]->item(spot.item).item->scrollSideways(delta.x());
        viewport()->update();
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

} // namespace ui
