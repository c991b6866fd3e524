#include "ui/chat/attachment_strip.h"

#include "ui/chat/attachment_words.h"
#include "ui/widgets/busy_dot.h"
#include "ui/widgets/figures.h"

#include <QContextMenuEvent>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>

#include <algorithm>

namespace ui {

namespace {

constexpr int kChipHeight = 32, kGap = 6;
constexpr int kWidestChip = 300, kMostHeight = 3 * kChipHeight + 2 * kGap + kChipHeight / 2;

} // namespace

// One attachment: a press shows its text, Delete or the cross removes it.
class AttachmentChip : public PaintedButton
{
    Q_OBJECT

public:
    AttachmentChip(const Appearance &appearance, QWidget *parent)
        : PaintedButton(appearance, parent), m_close(new IconButton(appearance, QStringLiteral("close"), tr("Remove the attachment"), this, 24)),
          m_dot(new BusyDot(appearance, this))
    {
        m_close->setFocusPolicy(Qt::NoFocus); // Delete on the chip does it
        m_dot->hide();
        setContextMenuPolicy(Qt::DefaultContextMenu);
        connect(m_close, &IconButton::clicked, this, &AttachmentChip::removeRequested);
    }

    void present(const app::AttachmentRecord &attachment)
    {
        m_name = shownName(attachment.name);
        m_size = attachmentSize(attachment);
        m_icon = attachmentIcon(attachment.kind);
        m_leftOut = attachment.leftOut;
        m_bytes = attachment.bytes;
        setReading(false);
    }
    void showReading(const QString &name)
    {
        m_name = shownName(name);
        m_size.clear();
        setReading(true);
    }
    void setTokens(int tokens)
    {
        m_tokens = tokens;
        retell();
    }
    QSize sizeHint() const override
    {
        const int words = QFontMetrics(m_appearance.font(FontRole::Ui)).horizontalAdvance(m_name) + 2; // eliding is strict
        return {std::min(kWidestChip, kLeft + words + 8 + detailWidth() + 4 + 28), kChipHeight};
    }

Q_SIGNALS:
    void removeRequested();
    void menuRequested(const QPoint &globalPosition);
    void moveRequested(int step);

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &t = theme();
        QPainter painter(this);
        paintGround(painter, isDown() ? t.pressed : isHovered() ? t.hover : t.raised, t.border, 6);
        if (!m_reading)
            paintIcon(painter, m_icon, QRect(10, (height() - 16) / 2, 16, 16), m_leftOut ? t.disabled : t.text2);
        const int detail = detailWidth(), room = width() - kLeft - 28 - (detail > 0 ? detail + 8 : 0);
        painter.setFont(m_appearance.font(FontRole::Ui));
        painter.setPen(m_leftOut ? t.text3 : t.text);
        const QString name = painter.fontMetrics().elidedText(m_name, Qt::ElideMiddle, room);
        const int nameWidth = std::min(room, painter.fontMetrics().horizontalAdvance(name));
        painter.drawText(QRect(kLeft, 0, room, height()), Qt::AlignVCenter | Qt::TextSingleLine, name);
        painter.setFont(m_appearance.font(FontRole::Small));
        painter.setPen(t.text3);
        painter.drawText(QRect(kLeft + nameWidth + 8, 0, detail, height()), Qt::AlignVCenter | Qt::TextSingleLine, detailWords());
    }
    void resizeEvent(QResizeEvent *event) override
    {
        PaintedButton::resizeEvent(event);
        m_close->setGeometry(width() - 28, (height() - 24) / 2, 24, 24);
        m_dot->move(14, (height() - 8) / 2);
    }
    void keyPressEvent(QKeyEvent *event) override
    {
        switch (event->key()) {
        case Qt::Key_Delete:
        case Qt::Key_Backspace:
            Q_EMIT removeRequested();
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            click();
            return;
        case Qt::Key_Left:
        case Qt::Key_Up:
            Q_EMIT moveRequested(-1);
            return;
        case Qt::Key_Right:
        case Qt::Key_Down:
            Q_EMIT moveRequested(1);
            return;
        default:
            PaintedButton::keyPressEvent(event);
        }
    }
    void contextMenuEvent(QContextMenuEvent *event) override
    {
        Q_EMIT menuRequested(event->reason() == QContextMenuEvent::Keyboard ? mapToGlobal(QPoint(8, height())) : event->globalPos());
        event->accept();
    }

private:
    static constexpr int kLeft = 34;
    static constexpr qint64 kLarge = 100'000; // bytes: worth saying beside the tokens

    QString detailWords() const
    {
        if (m_reading)
            return tr("Reading");
        if (m_leftOut)
            return tr("not seen by the model");
        if (m_tokens < 0)
            return fileSize(m_bytes);
        return m_bytes < kLarge ? tokenCount(m_tokens) : fileSize(m_bytes) + QStringLiteral(" · ") + tokenCount(m_tokens);
    }
    int detailWidth() const { return QFontMetrics(m_appearance.font(FontRole::Small)).horizontalAdvance(detailWords()) + 1; }
    void setReading(bool reading)
    {
        m_reading = reading;
        m_dot->setVisible(reading);
        m_dot->setState(reading ? BusyDot::State::Busy : BusyDot::State::Idle);
        retell();
    }
    void retell()
    {
        QStringList more{m_name};
        if (!m_size.isEmpty())
            more << m_size;
        if (m_tokens >= 0)
            more << tokenCount(m_tokens);
        setToolTip(asPlainTip(more.join(QLatin1Char('\n'))));
        setAccessibleName(tr("Attachment %1, %2").arg(m_name, detailWords()));
        updateGeometry();
        update();
    }

    IconButton *m_close;
    BusyDot *m_dot;
    QString m_name, m_size, m_icon = QStringLiteral("file");
    qint64 m_bytes = 0;
    int m_tokens = -1;
    bool m_reading = false, m_leftOut = false;
};

namespace {

// What was refused, in a sentence over the whole width.
class Refusal : public QWidget
{
public:
    Refusal(const Appearance &appearance, const QString &sentence, bool canRetry, QWidget *parent)
        : QWidget(parent), m_appearance(appearance), m_words(new QLabel(this)),
          close(new IconButton(appearance, QStringLiteral("close"), AttachmentStrip::tr("Take the note away"), this, 24))
    {
        auto *line = new QHBoxLayout(this);
        line->setContentsMargins(34, 5, 4, 5);
        line->setSpacing(6);
        m_words->setTextFormat(Qt::PlainText);
        m_words->setWordWrap(true);
        m_words->setText(sentence);
        line->addWidget(m_words, 1);
        if (canRetry) {
            retry = new TextButton(appearance, AttachmentStrip::tr("Try again"), TextButton::Kind::Outlined, this);
            retry->setButtonHeight(24);
            line->addWidget(retry, 0, Qt::AlignTop);
        }
        line->addWidget(close, 0, Qt::AlignTop);
        connect(&appearance, &Appearance::changed, this, [this] { restyle(); });
        restyle();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = m_appearance.theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.dangerLine, 1));
        painter.setBrush(theme.dangerSoft);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5.5, 5.5);
        painter.drawPixmap(QPoint(10, 9), m_appearance.pixmap(QStringLiteral("error"), 16, theme.danger, devicePixelRatioF()));
    }

private:
    void restyle()
    {
        m_words->setFont(m_appearance.font(FontRole::Ui));
        QPalette palette = m_words->palette();
        palette.setColor(QPalette::WindowText, m_appearance.theme().text);
        m_words->setPalette(palette);
        update();
    }

    const Appearance &m_appearance;
    QLabel *m_words;

public:
    IconButton *close;
    TextButton *retry = nullptr;
};

} // namespace

AttachmentStrip::AttachmentStrip(const Appearance &appearance, QWidget *parent) : QScrollArea(parent), m_appearance(appearance), m_body(new QWidget(this))
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setWidget(m_body);
    viewport()->setAutoFillBackground(false);
    m_body->setAutoFillBackground(false);
    setAccessibleName(tr("Attachments"));
    connect(&appearance, &Appearance::changed, this, &AttachmentStrip::arrange);
    hide();
}

AttachmentStrip::~AttachmentStrip() = default;

AttachmentChip *AttachmentStrip::makeChip(qint64 id)
{
    auto *chip = new AttachmentChip(m_appearance, m_body);
    connect(chip, &QAbstractButton::clicked, this, [this, id] { Q_EMIT openRequested(id); });
    connect(chip, &AttachmentChip::removeRequested, this, [this, id] { Q_EMIT removeRequested(id); });
    connect(chip, &AttachmentChip::menuRequested, this, [this, id](const QPoint &at) { Q_EMIT menuRequested(id, at); });
    connect(chip, &AttachmentChip::moveRequested, this, [this, id](int step) { moveFocus(int(m_order.indexOf(id)), step); });
    chip->show();
    return chip;
}

QWidget *AttachmentStrip::makeRefusal(const app::IncomingAttachment &one)
{
    auto *refusal = new Refusal(m_appearance, one.problem, one.canRetry, m_body);
    connect(refusal->close, &IconButton::clicked, this, [this, id = one.id] { Q_EMIT removeRequested(id); });
    if (refusal->retry)
        connect(refusal->retry, &TextButton::clicked, this, [this, id = one.id] { Q_EMIT retryRequested(id); });
    refusal->show();
    return refusal;
}

void AttachmentStrip::setAttachments(const QVector<app::AttachmentRecord> &attachments, const QVector<app::IncomingAttachment> &incoming)
{
    qsizetype focused = -1;
    for (qsizetype i = 0; i < m_order.size(); ++i)
        if (const AttachmentChip *one = m_chips.value(m_order[i]); one && one->hasFocus())
            focused = i;
    QVector<qint64> order;
    const auto drop = [](auto &widgets, qint64 id) {
        if (QWidget *widget = widgets.take(id)) {
            widget->hide();
            widget->deleteLater();
        }
    };
    for (const app::AttachmentRecord &attachment : attachments) {
        order << attachment.id;
        if (!m_chips.contains(attachment.id))
            m_chips.insert(attachment.id, makeChip(attachment.id));
        m_chips[attachment.id]->present(attachment);
    }
    for (const app::IncomingAttachment &one : incoming) {
        order << one.id;
        if (one.isReading()) {
            drop(m_refusals, one.id);
            if (!m_chips.contains(one.id))
                m_chips.insert(one.id, makeChip(one.id));
            m_chips[one.id]->showReading(one.name);
        } else {
            drop(m_chips, one.id);
            if (m_refused.value(one.id) != one.problem)
                drop(m_refusals, one.id);
            m_refused.insert(one.id, one.problem);
            if (!m_refusals.contains(one.id))
                m_refusals.insert(one.id, makeRefusal(one));
        }
    }
    for (const qint64 id : std::as_const(m_order))
        if (!order.contains(id)) {
            drop(m_chips, id);
            drop(m_refusals, id);
            m_refused.remove(id);
        }
    m_order = order;
    setVisible(!m_order.isEmpty());
    arrange();
    orderByTab();
    if (focused < 0)
        return;
    for (qsizetype i = std::min(focused, m_order.size() - 1); i >= 0; --i)
        if (AttachmentChip *next = m_chips.value(m_order[i])) {
            next->setFocus(Qt::TabFocusReason);
            return;
        }
    Q_EMIT leftByKeys();
}

void AttachmentStrip::setTokens(qint64 id, int tokens)
{
    if (AttachmentChip *one = m_chips.value(id)) {
        one->setTokens(tokens);
        arrange();
    }
}

QAbstractButton *AttachmentStrip::chip(int index) const
{
    return index >= 0 && index < m_order.size() ? m_chips.value(m_order[index]) : nullptr;
}

void AttachmentStrip::moveFocus(int from, int step)
{
    for (int i = from + step; i >= 0 && i < m_order.size(); i += step)
        if (AttachmentChip *next = m_chips.value(m_order[i])) {
            next->setFocus(Qt::TabFocusReason);
            ensureWidgetVisible(next, 0, kGap);
            return;
        }
}

// They are made later than the field that stands below them.
void AttachmentStrip::orderByTab()
{
    if (!m_next)
        return;
    QWidget *last = m_next->previousInFocusChain();
    while (last != m_next && m_body->isAncestorOf(last))
        last = last->previousInFocusChain();
    const auto follow = [&last](QWidget *widget) {
        QWidget::setTabOrder(last, widget);
        last = widget;
    };
    for (const qint64 id : std::as_const(m_order)) {
        if (AttachmentChip *one = m_chips.value(id))
            follow(one);
        else if (QWidget *refusal = m_refusals.value(id))
            for (PaintedButton *button : refusal->findChildren<PaintedButton *>())
                follow(button);
    }
}

void AttachmentStrip::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        arrange();
}

void AttachmentStrip::arrange()
{
    const int room = std::max(80, width() - (verticalScrollBar()->isVisible() ? 12 : 0));
    int x = 0, y = 0, row = 0;
    const auto breakLine = [&] {
        if (x > 0)
            y += row + kGap;
        x = row = 0;
    };
    for (const qint64 id : std::as_const(m_order)) {
        if (AttachmentChip *one = m_chips.value(id)) {
            const int wide = std::min(room, one->sizeHint().width());
            if (x > 0 && x + wide > room)
                breakLine();
            one->setGeometry(x, y, wide, kChipHeight);
            x += wide + kGap;
            row = std::max(row, kChipHeight);
        } else if (QWidget *refusal = m_refusals.value(id)) {
            breakLine();
            const int high = std::max(34, refusal->heightForWidth(room));
            refusal->setGeometry(0, y, room, high);
            y += high + kGap;
        }
    }
    const int height = x > 0 ? y + row : std::max(0, y - kGap);
    m_body->resize(room, height);
    setFixedHeight(std::min(height, kMostHeight));
}

} // namespace ui

#include "attachment_strip.moc"
