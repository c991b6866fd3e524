// Small parts of the Code panel: verb buttons, tabs, the head of a card, the context bar.
#pragma once

#include "ui/widgets/buttons.h"

#include <QWidget>

namespace ui {

// One of the verbs; the chosen one has the accent's edge and ground.
class VerbButton : public PaintedButton
{
    Q_OBJECT

public:
    VerbButton(const Appearance &appearance, const QString &icon, const QString &text,
               QWidget *parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_icon;
};

// A tab of the right card: icon, name, a dot while the text is not saved or is being written.
class TabButton : public PaintedButton
{
    Q_OBJECT

public:
    enum class Mark { None, Modified, Busy };

    TabButton(const Appearance &appearance, const QString &icon, QWidget *parent = nullptr);
    void setName(const QString &name, const QString &toolTip);
    void setMark(Mark mark);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_icon;
    Mark m_mark = Mark::None;
};

// A field that opens a menu, its words at the left as in the other fields.
class LanguageButton : public ComboButton
{
    Q_OBJECT

public:
    explicit LanguageButton(const Appearance &appearance, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

// The 52 px head of a card, or the 40 px head of a pane in it, with the line that parts it from the rest.
class CardHead : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { Card, Pane };
    CardHead(const Appearance &appearance, Kind kind, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Appearance &m_appearance;
    Kind m_kind;
};

// How the context is used: what is sent, what is kept for the answer, what is free.
class TokenBar : public QWidget
{
    Q_OBJECT

public:
    explicit TokenBar(const Appearance &appearance, QWidget *parent = nullptr);
    void setTokens(int used, int kept, int limit); // limit 0: not known
    QSize sizeHint() const override { return {100, 6}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Appearance &m_appearance;
    int m_used = 0, m_kept = 0, m_limit = 0;
};

} // namespace ui
