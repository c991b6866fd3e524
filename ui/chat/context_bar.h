// How full the context is: conversation, draft, what is kept for the answer and what is free, to scale.
#pragma once

#include "ui/appearance.h"

#include <QWidget>

namespace ui {

class ContextBar : public QWidget
{
    Q_OBJECT

public:
    explicit ContextBar(const Appearance &appearance, QWidget *parent = nullptr);

    // Tokens; `limit` 0: not known, the bar is empty. `kept` 0: the answer may take all that is free.
    void setUse(int conversation, int draft, int kept, int limit);
    // "2,408 too many"; 0: it fits.
    int excess() const;
    QSize sizeHint() const override { return {200, 32}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    QString words() const;

    const Appearance &m_appearance;
    int m_conversation = 0, m_draft = 0, m_kept = 0, m_limit = 0;
};

} // namespace ui
