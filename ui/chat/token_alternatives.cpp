#include "ui/chat/token_alternatives.h"

#include "ui/chat/lens_text.h"

#include <QAccessible>
#include <QEvent>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace ui {

namespace {

constexpr int kPad = 8, kHead = 26, kRow = 24, kNote = 20;
constexpr int kFigure = 50, kBar = 32;
constexpr int kNarrowestCell = 150;

} // namespace

// One alternative: its word, a bar and its figure.
class AlternativeRow : public PaintedButton
{
public:
    AlternativeRow(const Appearance &appearance, QWidget *parent) : PaintedButton(appearance, parent) { setFocusPolicy(Qt::NoFocus); }

    void set(const app::TokenLens::Word &word, float probability, const QString &problem)
    {
        m_words = tokenWords(word);
        m_isText = word.isText;
        m_probability = probability;
        setEnabled(problem.isEmpty());
        setToolTip(problem.isEmpty() ? TokenAlternatives::tr("Branch here with “%1”").arg(m_words) : problem);
        setAccessibleName(TokenAlternatives::tr("Branch with “%1”, %2").arg(m_words, chanceWords(probability)));
        setCursor(problem.isEmpty() ? Qt::PointingHandCursor : Qt::ArrowCursor);
        update();
    }
    void setMarked(bool marked)
    {
        m_marked = marked;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &t = theme();
        paintGround(painter, m_marked ? t.accentSoft : isHovered() ? t.hover : QColor(), QColor(), 5);
        painter.setRenderHint(QPainter::Antialiasing);
        const int bar = width() - 6 - kFigure - kBar;
        painter.setFont(m_appearance.font(FontRole::MonoSmall));
        painter.setPen(!isEnabled() ? t.text3 : m_isText ? t.text : t.text2);
        const QRectF words(8, 0, bar - 14, height());
        painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft, QFontMetricsF(painter.font()).elidedText(m_words, Qt::ElideRight, words.width()));
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.mapFree);
        painter.drawRoundedRect(QRectF(bar, height() / 2.0 - 2, kBar, 4), 2, 2);
        painter.setBrush(t.accent);
        painter.drawRoundedRect(QRectF(bar, height() / 2.0 - 2, std::max<qreal>(2, kBar * qreal(m_probability)), 4), 2, 2);
        painter.setFont(m_appearance.font(FontRole::Small));
        painter.setPen(t.text2);
        painter.drawText(QRectF(width() - 6 - kFigure, 0, kFigure, height()), Qt::AlignVCenter | Qt::AlignRight, chanceWords(m_probability));
    }

private:
    QString m_words;
    float m_probability = 0;
    bool m_isText = true, m_marked = false;
};

TokenAlternatives::TokenAlternatives(const Appearance &appearance, QWidget *parent) : QFrame(parent), m_appearance(appearance)
{
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(QStringLiteral("tokenAlternatives"));
    for (int i = 0; i < int(inference::kMostAlternatives); ++i) {
        auto *row = new AlternativeRow(appearance, this);
        row->hide();
        connect(row, &QAbstractButton::clicked, this, [this, i] { Q_EMIT chosen(i); });
        m_rows.push_back(row);
    }
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void TokenAlternatives::setToken(const app::TokenLens &lens, int token, int number, int count, const QString &problem)
{
    const app::TokenLens::Token &t = lens.tokens[std::size_t(token)];
    const app::TokenLens::Word &word = lens.word(t.drawn);
    m_words = tokenWords(word);
    m_isText = word.isText;
    m_probability = t.drawn.probability;
    m_chance = chanceWords(m_probability);
    m_note = t.chosenByUser            ? tr("You chose it")
             : app::isUnsure(lens, t) ? tr("The model is unsure here")
                                       : QString();
    m_count = std::min(int(t.others.size()), int(m_rows.size()));
    m_marked = -1;
    QStringList spoken;
    for (int i = 0; i < int(m_rows.size()); ++i) {
        AlternativeRow *row = m_rows[std::size_t(i)];
        row->setVisible(i < m_count);
        row->setMarked(false);
        if (i >= m_count)
            continue;
        row->set(lens.word(t.others[i]), t.others[i].probability, problem);
        spoken << QStringLiteral("“%1” %2").arg(tokenWords(lens.word(t.others[i])), chanceWords(t.others[i].probability));
    }
    const QString name = tr("Token %1 of %2: “%3”, %4").arg(number).arg(count).arg(m_words, m_chance);
    setAccessibleName(m_note.isEmpty() ? name : name + QStringLiteral(". ") + m_note);
    setAccessibleDescription(spoken.isEmpty() ? QString() : tr("Instead: %1").arg(spoken.join(QStringLiteral(", "))));
    QAccessibleEvent changed(this, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&changed);
    show();
    update();
}

void TokenAlternatives::mark(int step)
{
    if (m_count == 0)
        return;
    const int next = m_marked < 0 ? (step > 0 ? 0 : m_count - 1) : std::clamp(m_marked + step, 0, m_count - 1);
    if (m_marked >= 0)
        m_rows[std::size_t(m_marked)]->setMarked(false);
    m_marked = next;
    m_rows[std::size_t(next)]->setMarked(true);
    setAccessibleName(m_rows[std::size_t(next)]->accessibleName());
    QAccessibleEvent changed(this, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&changed);
}

int TokenAlternatives::columns(int width, bool inMargin) const
{
    return inMargin ? 1 : std::clamp((width - 2 * kPad) / kNarrowestCell, 1, 4);
}

int TokenAlternatives::heightFor(int width, bool inMargin) const
{
    const int perRow = columns(width, inMargin);
    return kPad + kHead + (inMargin && !m_note.isEmpty() ? kNote : 0) + (m_count + perRow - 1) / perRow * kRow + kPad;
}

void TokenAlternatives::place(const QRect &rect, bool inMargin)
{
    m_inMargin = inMargin;
    setGeometry(rect);
    const int perRow = columns(rect.width(), inMargin), cell = (rect.width() - 8) / perRow;
    const int top = kPad + kHead + (inMargin && !m_note.isEmpty() ? kNote : 0);
    for (int i = 0; i < m_count; ++i) // down the columns: the likeliest ones stand in the first
        m_rows[std::size_t(i)]->setGeometry(4 + i % perRow * cell, top + i / perRow * kRow, cell - (perRow > 1 ? 8 : 0), kRow);
    update();
}

void TokenAlternatives::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &t = m_appearance.theme();
    painter.setPen(QPen(t.border, 1));
    painter.setBrush(t.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setFont(m_appearance.font(FontRole::MonoSmall));
    painter.setPen(m_isText ? t.text : t.text2);
    const QRectF head(12, kPad, width() - 24, kHead - 4);
    const QString words = QFontMetricsF(painter.font()).elidedText(m_words, Qt::ElideRight, head.width() - kFigure - 8);
    painter.drawText(head, Qt::AlignVCenter | Qt::AlignLeft, words);
    const qreal after = QFontMetricsF(painter.font()).horizontalAdvance(words) + 12;
    painter.setFont(m_appearance.font(FontRole::UiBold));
    painter.setPen(t.text);
    if (m_inMargin)
        painter.drawText(head.adjusted(0, 0, 2, 0), Qt::AlignVCenter | Qt::AlignRight, m_chance);
    else
        painter.drawText(head.adjusted(after, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, m_chance);
    if (m_note.isEmpty())
        return;
    painter.setFont(m_appearance.font(FontRole::Small));
    painter.setPen(t.warn);
    if (m_inMargin)
        painter.drawText(QRectF(12, kPad + kHead - 4, width() - 24, kNote), Qt::AlignVCenter | Qt::AlignLeft,
                         QFontMetricsF(painter.font()).elidedText(m_note, Qt::ElideRight, width() - 24));
    else
        painter.drawText(head, Qt::AlignVCenter | Qt::AlignRight, m_note);
}

bool TokenAlternatives::event(QEvent *event)
{
    // A press beside the rows is none on the text below.
    if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseButtonRelease || event->type() == QEvent::MouseMove) {
        event->accept();
        return true;
    }
    return QFrame::event(event);
}

} // namespace ui
