// What an empty chat shows: a question and four starts that fill the composer.
#pragma once

#include "ui/widgets/buttons.h"

#include <QWidget>

namespace ui {

class StartView : public QWidget
{
    Q_OBJECT

public:
    explicit StartView(const Appearance &appearance, QWidget *parent = nullptr);
    QWidget *first() const; // of the starts

Q_SIGNALS:
    // Text for the composer; the cursor belongs at `cursor`.
    void chosen(const QString &text, int cursor);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class Start;
    QRect column() const;

    const Appearance &m_appearance;
    QVector<Start *> m_starts;
};

} // namespace ui
