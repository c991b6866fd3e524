#include "ui/chat/token_lens_view.h"

#include "app/settings_keys.h"
#include "ui/chat/token_alternatives.h"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <utility>

namespace ui {

namespace {

constexpr int kNarrowestMargin = 176, kWidestMargin = 248;
constexpr int kGap = 12;

} // namespace

TokenLensView::TokenLensView(const Appearance &appearance, const app::Settings &settings, Transcript &transcript, QObject *parent)
    : QObject(parent), m_appearance(appearance), m_settings(settings), m_transcript(transcript),
      m_alternatives(new TokenAlternatives(appearance, transcript.viewport()))
{
    m_alternatives->hide();
    connect(m_alternatives, &TokenAlternatives::chosen, this, &TokenLensView::choose);
    connect(&transcript, &Transcript::moved, this, &TokenLensView::follow);
    connect(&appearance, &Appearance::changed, this, [this] { // the text was made anew
        m_room = -1;
        follow();
    });
    transcript.installEventFilter(this);
    transcript.viewport()->installEventFilter(this);
    m_alternatives->installEventFilter(this);
}

void TokenLensView::toggle(app::ChatSession *session, qint64 answer)
{
    const bool here = isOpen() && m_answer == answer;
    close();
    if (here || !session || session->isBusy() || !session->messages()->tree().contains(answer))
        return;
    m_session = session;
    m_answer = answer;
    session->readLens(session->messages()->tree().at(answer), this,
                      [this, session = m_session, answer](const std::optional<app::TokenLens> &lens) {
                          if (!session || session != m_session || answer != m_answer || isOpen())
                              return;
                          const int row = m_transcript.rowOf(answer);
                          if (row >= 0 && !session->isBusy() && lens && !lens->tokens.empty()) {
                              open(row, std::make_shared<const app::TokenLens>(*lens));
                              return;
                          }
                          m_answer = 0;
                          if (row >= 0 && !session->isBusy())
                              Q_EMIT told(tr("The tokens of this answer were not kept."));
                      });
}

void TokenLensView::open(int row, std::shared_ptr<const app::TokenLens> lens)
{
    m_lens = std::move(lens);
    m_transcript.setLens(row, m_lens, m_settings.get(app::kDoubt));
    // The first token that can be seen.
    m_token = -1;
    const int count = int(m_lens->tokens.size());
    for (int token = 0; token < count && m_token < 0; ++token) {
        const QRect rect = m_transcript.lensTokenRect(token);
        if (!rect.isNull() && (rect.top() >= 0 || token + 1 == count))
            setToken(token);
    }
    m_alternatives->setFocus(Qt::OtherFocusReason);
    if (m_token >= 0 && !inMargin())
        m_transcript.showRect(m_transcript.lensTokenRect(m_token).united(m_alternatives->geometry()));
}

void TokenLensView::close()
{
    m_answer = 0;
    if (!isOpen())
        return;
    const bool focused = m_alternatives->hasFocus() || m_transcript.hasFocus();
    m_lens.reset();
    m_token = -1;
    m_alternatives->hide();
    m_transcript.setLens(-1, nullptr, false);
    if (focused)
        Q_EMIT closed();
}

int TokenLensView::marginRoom() const
{
    const QRect column = m_transcript.column();
    return m_transcript.viewport()->width() - column.right() - 1 - kGap - 8;
}

bool TokenLensView::inMargin() const
{
    return marginRoom() >= kNarrowestMargin;
}

QString TokenLensView::branchProblem() const
{
    return m_session && m_session->messages()->tree().contains(m_answer)
               ? m_session->branchProblem(m_session->messages()->tree().at(m_answer))
               : QString();
}

void TokenLensView::setToken(int token)
{
    if (!isOpen() || token < 0 || token >= int(m_lens->tokens.size()) || token == m_token)
        return;
    m_token = token;
    m_alternatives->setToken(*m_lens, token, token + 1, int(m_lens->tokens.size()), branchProblem());
    m_room = -1;
    follow();
}

void TokenLensView::setRoom(int px)
{
    if (std::exchange(m_room, px) != px)
        m_transcript.setLensToken(m_token, px);
}

void TokenLensView::walk(int step)
{
    for (int token = m_token + step; isOpen() && token >= 0 && token < int(m_lens->tokens.size()); token += step) {
        if (m_transcript.lensTokenRect(token).isNull())
            continue; // a control token, or reasoning that is folded
        setToken(token);
        const QRect rect = m_transcript.lensTokenRect(token);
        m_transcript.showRect(inMargin() ? rect : rect.united(m_alternatives->geometry()));
        return;
    }
}

// The list stands at its line, whatever happens to the text.
void TokenLensView::follow()
{
    if (!isOpen() || std::exchange(m_following, true))
        return;
    if (m_transcript.lensRow() < 0 || !m_session ||
        m_session->isBusy()) { // another branch or conversation is shown, or it is written on
        m_following = false;
        close();
        return;
    }
    const QRect column = m_transcript.column();
    const bool margin = inMargin();
    const int width = margin ? std::min(marginRoom(), kWidestMargin) : column.width();
    const int height = m_alternatives->heightFor(width, margin);
    if (m_token >= 0 && !m_transcript.lensTokenRect(m_token).isNull()) {
        setRoom(margin ? 0 : height + 8);
        const QRect line = m_transcript.lensTokenRect(m_token);
        int y = line.bottom() + 5;
        if (margin)
            y = std::clamp(line.top() - 8, 8, std::max(8, m_transcript.viewport()->height() - height - 8));
        m_alternatives->place(QRect(margin ? column.right() + 1 + kGap : column.left(), y, width, height), margin);
        m_alternatives->setVisible(line.bottom() >= 0 && line.top() < m_transcript.viewport()->height());
    } else {
        m_alternatives->hide();
    }
    m_following = false;
}

void TokenLensView::choose(int alternative)
{
    if (!isOpen() || !m_session || m_token < 0)
        return;
    if (alternative < 0 || alternative >= m_alternatives->alternatives() || !branchProblem().isEmpty())
        return;
    const qint64 answer = m_answer;
    const int token = m_token;
    close();
    Q_EMIT branchChosen(answer, token, alternative);
}

bool TokenLensView::takeKey(QKeyEvent *event)
{
    if (event->modifiers() & ~Qt::KeypadModifier)
        return false;
    switch (event->key()) {
    case Qt::Key_Left:
        walk(-1);
        return true;
    case Qt::Key_Right:
        walk(1);
        return true;
    case Qt::Key_Up:
        m_alternatives->mark(-1);
        return true;
    case Qt::Key_Down:
        m_alternatives->mark(1);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose(std::max(0, m_alternatives->marked()));
        return true;
    case Qt::Key_Escape:
        close();
        return true;
    default:
        break;
    }
    if (event->key() >= Qt::Key_1 && event->key() <= Qt::Key_9) {
        choose(event->key() - Qt::Key_1);
        return true;
    }
    return false;
}

bool TokenLensView::eventFilter(QObject *watched, QEvent *event)
{
    if (!isOpen())
        return false;
    if (event->type() == QEvent::KeyPress && watched != m_transcript.viewport())
        return takeKey(static_cast<QKeyEvent *>(event));
    if (watched == m_transcript.viewport() && (event->type() == QEvent::MouseMove || event->type() == QEvent::MouseButtonPress)) {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        if (const int token = m_transcript.lensTokenAt(mouse->position().toPoint()); token >= 0)
            setToken(token);
    }
    return false;
}

} // namespace ui
