// A token, how likely it was, and what might have stood in its place: in the margin beside its line, or in the room below it.
#pragma once

#include "app/chat/token_lens.h"
#include "ui/widgets/buttons.h"

#include <QFrame>

#include <vector>

namespace ui {

class AlternativeRow;

class TokenAlternatives : public QFrame
{
    Q_OBJECT

public:
    explicit TokenAlternatives(const Appearance &appearance, QWidget *parent);

    // `number` from 1 on. `problem`: why no other version can be made of it; empty: it can.
    void setToken(const app::TokenLens &lens, int token, int number, int count, const QString &problem);
    // Marks the alternative that Enter takes, among those there are.
    void mark(int step);
    int marked() const { return m_marked; }
    int alternatives() const { return m_count; }
    // px that it takes: a list in the margin, or columns over the whole width.
    int heightFor(int width, bool inMargin) const;
    void place(const QRect &rect, bool inMargin);

Q_SIGNALS:
    void chosen(int alternative);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    int columns(int width, bool inMargin) const;

    const Appearance &m_appearance;
    std::vector<AlternativeRow *> m_rows;
    QString m_words, m_chance, m_note;
    float m_probability = 0;
    bool m_isText = true, m_inMargin = true;
    int m_count = 0, m_marked = -1;
};

} // namespace ui
