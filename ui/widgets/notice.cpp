#include "ui/widgets/notice.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

Notice::Notice(const Appearance &appearance, Kind kind, QWidget *parent)
    : QFrame(parent), m_appearance(appearance), m_kind(kind), m_title(new QLabel(this)),
      m_sentence(new QLabel(this)),
      m_close(new IconButton(appearance, QStringLiteral("close"), tr("Close this notice"), this, 24))
{
    m_title->setVisible(false);
    m_title->setTextFormat(Qt::PlainText);
    m_sentence->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_sentence->setWordWrap(true);
    m_close->setVisible(false);
    connect(m_close, &IconButton::clicked, this, &Notice::closed);

    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_title);
    words->addWidget(m_sentence);
    m_line = new QHBoxLayout;
    m_line->setSpacing(8);
    m_line->addLayout(words, 1);
    m_line->addWidget(m_close, 0, Qt::AlignTop);
    m_actions = new QHBoxLayout;
    m_actions->setSpacing(8);
    m_actions->addStretch(1);
    auto *all = new QVBoxLayout(this);
    all->setSpacing(0);
    all->addLayout(m_line);
    all->addLayout(m_actions);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(&appearance, &Appearance::changed, this, &Notice::paintWords);
    arrange();
    paintWords();
}

void Notice::setWords(const QString &title, const QString &sentence)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    setAccessibleName(title.isEmpty() ? sentence : title + QLatin1Char(' ') + sentence);
    arrange();
}

QString Notice::sentence() const
{
    return m_sentence->text();
}

void Notice::setKind(Kind kind)
{
    m_kind = kind;
    paintWords();
}

void Notice::setIconName(const QString &icon)
{
    m_icon = icon;
    arrange();
}

TextButton *Notice::addAction(const QString &text, TextButton::Kind kind, const QString &icon)
{
    auto *button = new TextButton(m_appearance, text, kind, this);
    button->setButtonHeight(28);
    if (!icon.isEmpty())
        button->setIconName(icon);
    m_buttons.append(button);
    if (m_buttons.size() <= 3)
        button->setShortcut(QKeySequence(Qt::ALT | Qt::Key(Qt::Key_0 + int(m_buttons.size()))));
    arrange();
    return button;
}

void Notice::clearActions()
{
    for (TextButton *button : std::as_const(m_buttons)) {
        button->hide();
        button->deleteLater(); // it may be the sender
    }
    m_buttons.clear();
    arrange();
}

void Notice::setClosable(bool closable)
{
    m_close->setVisible(closable);
}

void Notice::arrange()
{
    const bool tall = !m_title->text().isEmpty();
    const int left = m_icon.isEmpty() ? 16 : 48;
    layout()->setContentsMargins(left, tall ? 13 : 8, tall ? 16 : 8, tall ? 15 : 8);
    for (TextButton *button : std::as_const(m_buttons)) {
        m_line->removeWidget(button);
        m_actions->removeWidget(button);
    }
    m_actions->setContentsMargins(0, tall && !m_buttons.isEmpty() ? 10 : 0, 0, 0);
    for (int i = 0; i < m_buttons.size(); ++i) {
        if (tall)
            m_actions->insertWidget(i, m_buttons[i]);
        else
            m_line->insertWidget(1 + i, m_buttons[i], 0, Qt::AlignTop);
    }
    m_sentence->setMinimumHeight(tall || m_buttons.isEmpty() ? 0 : 28);
    update();
}

void Notice::paintWords()
{
    QPalette palette = this->palette();
    palette.setColor(QPalette::WindowText, m_appearance.theme().text);
    m_title->setFont(m_appearance.font(FontRole::UiBold));
    m_sentence->setFont(m_appearance.font(FontRole::Ui));
    m_title->setPalette(palette);
    m_sentence->setPalette(palette);
    update();
}

void Notice::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QColor fill = t.raised, edge = t.border, mark = t.accentText;
    if (m_kind == Kind::Success)
        fill = t.successSoft, edge = t.successLine, mark = t.success;
    else if (m_kind == Kind::Warn)
        fill = t.warnSoft, edge = t.warnLine, mark = t.warn;
    else if (m_kind == Kind::Danger)
        fill = t.dangerSoft, edge = t.dangerLine, mark = t.danger;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(edge, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9.5, 9.5);
    if (m_icon.isEmpty())
        return;
    const bool tall = !m_title->text().isEmpty();
    const QPixmap icon = m_appearance.pixmap(m_icon, 20, mark, devicePixelRatioF());
    painter.drawPixmap(QPoint(16, tall ? 13 : (std::min(height(), 44) - 20) / 2), icon);
}

} // namespace ui
