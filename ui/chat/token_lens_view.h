// The token lens: which answer is looked at, which of its tokens, and what might have stood there. Between transcript and
// session.
#pragma once

#include "app/chat/chat_session.h"
#include "app/settings.h"
#include "ui/chat/transcript.h"

#include <QObject>
#include <QPointer>

#include <memory>

namespace ui {

class TokenAlternatives;

class TokenLensView : public QObject
{
    Q_OBJECT

public:
    // All of them outlive it.
    TokenLensView(const Appearance &appearance, const app::Settings &settings, Transcript &transcript, QObject *parent);

    bool isOpen() const { return m_lens != nullptr; }
    // Of an answer that the transcript shows; closes where it is open there. Its tokens are read from the file first.
    void toggle(app::ChatSession *session, qint64 answer);
    void close();

    int token() const { return m_token; } // -1: none
    void setToken(int token);
    void walk(int step); // to the next token that is shown
    void choose(int alternative);
    TokenAlternatives *alternatives() const { return m_alternatives; }
    const app::TokenLens *lens() const { return m_lens.get(); }

Q_SIGNALS:
    void closed();
    void branchChosen(qint64 answer, int token, int alternative); // it is closed by then
    void told(const QString &sentence); // why there is nothing to look at

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void open(int row, std::shared_ptr<const app::TokenLens> lens);
    QString branchProblem() const;
    bool takeKey(QKeyEvent *event);
    void follow(); // the text has moved
    void setRoom(int px);
    bool inMargin() const;
    int marginRoom() const;

    const Appearance &m_appearance;
    const app::Settings &m_settings;
    Transcript &m_transcript;
    TokenAlternatives *m_alternatives;
    QPointer<app::ChatSession> m_session;
    std::shared_ptr<const app::TokenLens> m_lens;
    qint64 m_answer = 0; // whose tokens are shown, or being read; 0: none
    int m_token = -1;
    int m_room = -1; // px below its line
    bool m_following = false;
};

} // namespace ui
