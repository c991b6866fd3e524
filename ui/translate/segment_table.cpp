#include "ui/translate/segment_table.h"

#include "ui/translate/row_remark.h"

#include <QApplication>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>
#include <QWheelEvent>

#include <algorithm>
#include <utility>

namespace ui {

using app::translate::SegmentEntry;
using app::translate::SegmentListModel;
using app::translate::SegmentState;
using app::translate::TranslateSession;

namespace {

constexpr int kBarLane = 10; // the scroll bar lies over the end of the card

QString plainBreaks(QString text)
{
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    text.replace(QLatin1Char('\r'), QLatin1Char('\n'));
    return text.replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
}

QString usualBreak(const QString &text)
{
    if (text.contains(QLatin1String("\r\n")))
        return QStringLiteral("\r\n");
    return text.contains(QLatin1Char('\r')) && !text.contains(QLatin1Char('\n')) ? QStringLiteral("\r")
                                                                                 : QStringLiteral("\n");
}

// Makes the text at `at` from `before` to `after`, touching only what differs: selections elsewhere stay.
void replaceMiddle(RowEdit &edit, const QString &before, const QString &after, int at)
{
    const qsizetype common = std::min(before.size(), after.size());
    qsizetype head = 0, tail = 0;
    while (head < common && before[head] == after[head])
        ++head;
    while (tail < common - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    if (head + tail == before.size() && head + tail == after.size())
        return;
    QTextCursor cursor(edit.document());
    cursor.beginEditBlock();
    cursor.setPosition(at + int(head));
    cursor.setPosition(at + int(before.size() - tail), QTextCursor::KeepAnchor);
    cursor.insertText(after.mid(head, after.size() - tail - head));
    cursor.endEditBlock();
}

// What a row's state is worth among the states of its segments: the first of these that one of them has.
constexpr SegmentState kOrder[] = {SegmentState::Working, SegmentState::Queued,  SegmentState::Failed,
                                   SegmentState::Unsure,  SegmentState::Waiting, SegmentState::Done,
                                   SegmentState::Copied};

} // namespace

SegmentTable::SegmentTable(TranslateSession &session, const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_session(session), m_appearance(appearance),
      m_source(new RowEdit(appearance, m_metrics, RowMetrics::Source, this)),
      m_target(new RowEdit(appearance, m_metrics, RowMetrics::Target, this)),
      m_bar(new QScrollBar(Qt::Vertical, this))
{
    installAccessibleRows();
    setAccessibleName(tr("Segments"));
    m_source->rows().setInsets(kNumberWidth, 16);
    m_target->rows().setInsets(kStateWidth, 20);
    m_source->setAccessibleName(tr("Source text"));
    m_target->setAccessibleName(tr("Translation"));
    m_source->setHint(tr("Type or paste text, or drop a file (txt or md)."));
    m_target->setReadOnly(true);
    m_target->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_target->document()->setUndoRedoEnabled(false);
    m_source->paintRow = [this](QPainter &painter, int row, const QRect &rect) {
        paintSourceRow(painter, row, rect);
    };
    m_target->paintRow = [this](QPainter &painter, int row, const QRect &rect) {
        paintTargetRow(painter, row, rect);
        // Rows get their exact height while they are painted: the rule beside them follows.
        const int bottom = ruleBottom();
        if (std::exchange(m_ruleBottom, bottom) != bottom)
            update(ruleAt(), 0, 1, height());
    };

    // One scroll position for both.
    QScrollBar *left = m_source->verticalScrollBar(), *right = m_target->verticalScrollBar();
    const auto join = [](QScrollBar *a, QScrollBar *b) {
        connect(a, &QScrollBar::valueChanged, b, &QScrollBar::setValue);
        connect(b, &QScrollBar::valueChanged, a, &QScrollBar::setValue);
    };
    join(left, right);
    join(left, m_bar);
    connect(left, &QScrollBar::rangeChanged, this, [this, left](int from, int to) {
        m_bar->setPageStep(left->pageStep());
        m_bar->setSingleStep(RowMetrics::kMinHeight / 2);
        m_bar->setRange(from, to);
        m_bar->setVisible(to > from);
    });
    connect(m_bar, &QScrollBar::sliderMoved, this, [this] { m_following = false; });
    m_bar->hide();
    m_bar->setCursor(Qt::ArrowCursor);

    for (RowEdit *edit : {m_source, m_target})
        connect(edit, &RowEdit::filesDropped, this, &SegmentTable::filesDropped);
    connect(m_target, &RowEdit::viewMoved, this, &SegmentTable::placeRemarks);
    connect(m_source->document(), &QTextDocument::contentsChanged, this, &SegmentTable::sourceEdited);
    connect(&session, &TranslateSession::sourceReplaced, this, &SegmentTable::readSource);
    connect(&session, &TranslateSession::languagesChanged, this, &SegmentTable::applyLanguages);
    connect(&session, &TranslateSession::stateChanged, this, [this] {
        m_source->viewport()->update();
        m_target->viewport()->update();
        if (m_session.state() != TranslateSession::State::Working)
            m_following = true;
    });
    const SegmentListModel &model = session.segments();
    connect(&model, &SegmentListModel::dataChanged, this,
            [this](const QModelIndex &from, const QModelIndex &to) {
                if (m_reading)
                    return;
                for (int i = from.row(); i <= to.row(); ++i)
                    readRow(rowOfSegment(i));
            });
    connect(&appearance, &Appearance::changed, this, &SegmentTable::applyLook);
    readSource();
    applyLook();
}

void SegmentTable::applyLook()
{
    m_source->applyType();
    m_target->applyType();
    applyLanguages();
    update();
}

void SegmentTable::applyLanguages()
{
    const app::translate::Language *from = m_session.source();
    if (!from)
        from = m_session.detected().language;
    m_source->setLanguage(from);
    m_target->setLanguage(&m_session.target());
}

int SegmentTable::rowOfSegment(int segment) const
{
    return m_session.segments().at(segment).source.paragraph;
}

void SegmentTable::readSource()
{
    m_lineBreak = usualBreak(m_session.sourceText());
    const QString text = plainBreaks(m_session.sourceText());
    if (text != m_source->exactText()) {
        m_reading = true;
        replaceSource(text);
        m_reading = false;
    }
    readSegments();
}

void SegmentTable::replaceSource(const QString &text)
{
    QTextCursor all(m_source->document());
    all.beginEditBlock();
    all.select(QTextCursor::Document);
    all.insertText(text);
    all.endEditBlock();
    QTextCursor start(m_source->document());
    m_source->setTextCursor(start);
    m_bar->setValue(0);
}

void SegmentTable::sourceEdited()
{
    if (m_reading)
        return;
    QString text = m_source->exactText();
    if (text == plainBreaks(m_session.sourceText()))
        return; // formats, or what the session has already
    if (m_lineBreak != QLatin1String("\n"))
        text.replace(QLatin1Char('\n'), m_lineBreak);
    m_reading = true; // the rows are read once, at the end
    m_session.setSourceText(text);
    m_reading = false;
    readSegments();
}

QString SegmentTable::targetText(int row) const
{
    const SegmentListModel &model = m_session.segments();
    QString text;
    const app::translate::Language &to = m_session.target();
    for (int i = model.firstOf(row); i < model.size() && rowOfSegment(i) == row; ++i) {
        const SegmentEntry &entry = model.at(i);
        if (entry.target.isEmpty())
            continue;
        const bool gap = !text.isEmpty() && !text.back().isSpace() && (!to.cjk || to.code == u"ko");
        text += (gap ? QStringLiteral(" ") : QString()) + entry.source.before + entry.target;
    }
    return plainBreaks(text);
}

SegmentTable::RowState SegmentTable::stateOf(int row) const
{
    const SegmentListModel &model = m_session.segments();
    RowState state;
    std::size_t best = std::size(kOrder);
    for (int i = model.firstOf(row); i < model.size() && rowOfSegment(i) == row; ++i) {
        const SegmentEntry &entry = model.at(i);
        ++state.segments;
        state.translated = state.translated || !entry.target.isEmpty();
        if (state.remark < 0 && (entry.state == SegmentState::Failed || entry.state == SegmentState::Unsure))
            state.remark = i;
        for (std::size_t n = 0; n < best; ++n) {
            if (kOrder[n] == entry.state)
                best = n;
        }
    }
    if (best < std::size(kOrder))
        state.state = kOrder[best];
    return state;
}

void SegmentTable::readSegments()
{
    const SegmentListModel &model = m_session.segments();
    const int rows = std::max(1, model.paragraphs()); // an empty text has a row to type in
    m_targetTexts.assign(std::size_t(rows), QString());
    m_states.assign(std::size_t(rows), RowState());
    std::vector<int> sourceBlocks(std::size_t(rows), 0), targetBlocks(std::size_t(rows), 0);
    QString all;
    int blocks = 0;
    for (int row = 0; row < rows; ++row) {
        const auto i = std::size_t(row);
        if (row < model.paragraphs()) {
            m_targetTexts[i] = targetText(row);
            m_states[i] = stateOf(row);
            sourceBlocks[i] = row == 0 ? 0 : model.at(model.firstOf(row)).source.firstLine;
        }
        targetBlocks[i] = blocks;
        blocks += 1 + int(m_targetTexts[i].count(QLatin1Char('\n')));
        all += (row > 0 ? QStringLiteral("\n") : QString()) + m_targetTexts[i];
    }
    replaceMiddle(*m_target, m_target->exactText(), all, 0);
    if (m_metrics.size() != rows)
        m_metrics.replace(0, 0, rows);
    for (int row = 0; row < rows; ++row)
        m_metrics.setFootHeight(row, m_states[std::size_t(row)].remark >= 0 ? RowRemark::kHeight : 0);
    m_source->rows().setRows(std::move(sourceBlocks));
    m_target->rows().setRows(std::move(targetBlocks));
    placeRemarks();
    m_source->viewport()->update();
    m_target->viewport()->update();
}

void SegmentTable::readRow(int row)
{
    const auto i = std::size_t(row);
    if (i >= m_states.size())
        return;
    const RowState before = m_states[i];
    m_states[i] = stateOf(row);
    const QString text = targetText(row);
    if (text.count(QLatin1Char('\n')) != m_targetTexts[i].count(QLatin1Char('\n'))) {
        readSegments();
        return;
    }
    const QTextBlock block = m_target->document()->findBlockByNumber(m_target->rows().firstBlock(row));
    replaceMiddle(*m_target, m_targetTexts[i], text, block.position());
    m_targetTexts[i] = text;
    m_metrics.setFootHeight(row, m_states[i].remark >= 0 ? RowRemark::kHeight : 0);
    if (m_states[i].remark != before.remark || m_states[i].remark >= 0)
        placeRemarks();
    if (m_states[i].state == SegmentState::Working || m_states[i].state == SegmentState::Queued)
        follow(row);
    const QRect rect(0, m_metrics.top(row) - m_target->offset(), width(), m_metrics.height(row));
    m_target->viewport()->update(rect);
    m_source->viewport()->update(rect);
}

// Only while nobody types: then the view stays with the caret.
void SegmentTable::follow(int row)
{
    if (!m_following || m_source->hasFocus())
        return;
    const int top = m_metrics.top(row), bottom = top + m_metrics.height(row);
    if (bottom > m_bar->value() + m_target->viewport()->height())
        m_bar->setValue(bottom - m_target->viewport()->height() + RowMetrics::kMinHeight);
}

void SegmentTable::showFlagged(int direction)
{
    const int rows = int(m_states.size());
    for (int step = 1; step <= rows; ++step) {
        const int row =
            ((m_flagged < 0 && direction < 0 ? 0 : m_flagged) + direction * step + 2 * rows) % rows;
        if (m_states[std::size_t(row)].remark < 0)
            continue;
        m_flagged = row;
        m_following = false;
        m_bar->setValue(m_metrics.top(row) - m_target->viewport()->height() / 3);
        m_source->viewport()->update();
        m_target->viewport()->update();
        return;
    }
}

void SegmentTable::placeRemarks()
{
    const int offset = m_target->offset(), height = m_target->viewport()->height();
    QHash<int, RowRemark *> kept;
    const int first = m_metrics.rowAt(offset);
    for (int row = std::max(0, first);
         row < int(m_states.size()) && row < m_metrics.size() && m_metrics.top(row) <= offset + height;
         ++row) {
        const int segment = m_states[std::size_t(row)].remark;
        if (segment < 0)
            continue;
        RowRemark *remark = m_remarks.take(row);
        if (!remark) {
            remark = new RowRemark(m_appearance, m_target->viewport());
            connect(remark, &RowRemark::retryRequested, this, [this, remark] {
                const int at = m_remarks.key(remark, -1);
                if (at >= 0 && std::size_t(at) < m_states.size())
                    retryRow(at);
            });
        }
        remark->setSegment(m_session.segments().at(segment));
        const int bottom = m_metrics.top(row) + m_metrics.height(row) - RowMetrics::kPadding - offset;
        remark->setGeometry(kStateWidth, bottom - RowRemark::kHeight + 4,
                            m_target->viewport()->width() - kStateWidth - 20, RowRemark::kHeight);
        remark->show();
        kept.insert(row, remark);
    }
    for (RowRemark *gone : std::as_const(m_remarks)) {
        gone->hide();
        gone->deleteLater(); // it may be the one whose button is being pressed
    }
    m_remarks = kept;
}

void SegmentTable::retryRow(int row)
{
    const SegmentListModel &model = m_session.segments();
    std::vector<int> bad;
    for (int i = model.firstOf(row); i < model.size() && rowOfSegment(i) == row; ++i) {
        if (model.at(i).state == SegmentState::Failed || model.at(i).state == SegmentState::Unsure)
            bad.push_back(i);
    }
    for (const int segment : bad)
        m_session.retry(segment);
}

void SegmentTable::paintSourceRow(QPainter &painter, int row, const QRect &rect) const
{
    const Theme &theme = m_appearance.theme();
    const RowState state = std::size_t(row) < m_states.size() ? m_states[std::size_t(row)] : RowState();
    const bool current = state.state == SegmentState::Working || (row == m_flagged && state.remark >= 0);
    if (current) {
        painter.fillRect(rect, theme.accentSoft);
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.accent);
    }
    if (state.segments == 0)
        return;
    painter.setPen(theme.text3);
    painter.setFont(m_appearance.font(FontRole::Small));
    painter.drawText(
        QRect(rect.left(), rect.top() + RowMetrics::kPadding, 30, m_appearance.lineHeight(FontRole::Reading)),
        Qt::AlignRight | Qt::AlignVCenter, QString::number(row + 1));
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.border);
}

void SegmentTable::paintTargetRow(QPainter &painter, int row, const QRect &rect) const
{
    const Theme &theme = m_appearance.theme();
    const RowState state = std::size_t(row) < m_states.size() ? m_states[std::size_t(row)] : RowState();
    const bool current = state.state == SegmentState::Working || (row == m_flagged && state.remark >= 0);
    if (current)
        painter.fillRect(rect, theme.accentSoft);
    if (state.segments == 0)
        return;
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.border);
    paintState(painter, state, rect);
    const int line = m_appearance.lineHeight(FontRole::Reading);
    const bool runs = m_session.state() == TranslateSession::State::Working ||
                      m_session.state() == TranslateSession::State::Typing;
    if (!state.translated && runs &&
        (state.state == SegmentState::Waiting || state.state == SegmentState::Queued)) {
        // About as long as the source is.
        const int room = rect.width() - kStateWidth - 20;
        const SegmentListModel &model = m_session.segments();
        const qsizetype letters = model.at(model.firstOf(row)).source.text.size();
        const int length = std::clamp(int(letters) * 7, 40, room * 9 / 10);
        const bool right = m_session.target().rightToLeft;
        const QRectF bar(rect.left() + kStateWidth + (right ? room - length : 0),
                         rect.top() + RowMetrics::kPadding + (line - 10) / 2.0, length, 10);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.mapFree);
        painter.drawRoundedRect(bar, 5, 5);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    if (state.state == SegmentState::Working) {
        const QPointF end = m_target->rows().endOfText(row);
        if (!end.isNull())
            painter.fillRect(QRectF(end.x() + 1, end.y() - m_target->offset(), 1, line - 4), theme.accent);
    }
}

void SegmentTable::paintState(QPainter &painter, const RowState &state, const QRect &rect) const
{
    const Theme &theme = m_appearance.theme();
    QString icon;
    QColor color = theme.text2;
    switch (state.state) {
    case SegmentState::Done:
    case SegmentState::Copied:
        icon = QStringLiteral("check");
        break;
    case SegmentState::Unsure:
        icon = QStringLiteral("doubt");
        color = theme.warn;
        break;
    case SegmentState::Failed:
        icon = QStringLiteral("error");
        color = theme.danger;
        break;
    case SegmentState::Queued:
        icon = QStringLiteral("clock");
        break;
    case SegmentState::Waiting:
    case SegmentState::Working:
        return;
    }
    if (m_session.state() == TranslateSession::State::SameLanguage)
        return; // nothing was done
    const qreal ratio = painter.device()->devicePixelRatioF();
    const int line = m_appearance.lineHeight(FontRole::Reading);
    painter.drawPixmap(QPoint(rect.left() + 20, rect.top() + RowMetrics::kPadding + (line - 16) / 2),
                       m_appearance.pixmap(icon, 16, color, ratio));
}

void SegmentTable::resizeEvent(QResizeEvent *)
{
    // The rule between the two sides takes one pixel.
    const int left = ruleAt();
    m_source->setGeometry(0, 0, left, height());
    m_target->setGeometry(left + 1, 0, width() - left - 1, height());
    m_bar->setGeometry(width() - kBarLane, 0, kBarLane, height());
    m_bar->raise();
}

void SegmentTable::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = m_appearance.theme();
    painter.fillRect(rect(), theme.surface);
    painter.fillRect(QRect(ruleAt(), 0, 1, ruleBottom()), theme.border);
}

int SegmentTable::ruleBottom() const
{
    const bool empty = m_session.segments().size() == 0;
    return empty ? height() : std::min(height(), m_metrics.total() - m_bar->value());
}

void SegmentTable::wheelEvent(QWheelEvent *event)
{
    m_following = false;
    QApplication::sendEvent(m_bar, event);
}

int SegmentTable::accessibleRowCount() const
{
    return m_session.segments().size();
}

QString SegmentTable::accessibleRow(int segment) const
{
    const SegmentEntry &entry = m_session.segments().at(segment);
    QString state = tr("waiting");
    switch (entry.state) {
    case SegmentState::Waiting:
    case SegmentState::Queued:
        break;
    case SegmentState::Working:
        state = tr("being translated");
        break;
    case SegmentState::Done:
        state = tr("kept");
        break;
    case SegmentState::Unsure:
        state = tr("unsure");
        break;
    case SegmentState::Failed:
        state = tr("failed");
        break;
    case SegmentState::Copied:
        state = tr("as in the source");
        break;
    }
    const QString place = tr("Segment %1 of %2, %3").arg(segment + 1).arg(m_session.segments().size()).arg(state);
    return entry.target.isEmpty() ? tr("%1: source %2").arg(place, entry.source.text) : tr("%1: source %2, translation %3").arg(place, entry.source.text, entry.target);
}

QRect SegmentTable::accessibleRowRect(int segment) const
{
    const int row = rowOfSegment(segment);
    return QRect(mapToGlobal(QPoint(0, m_metrics.top(row) - m_target->offset())), QSize(width(), m_metrics.height(row)));
}

} // namespace ui
