// The buttons of the look: icons, words, and menus. They paint themselves from the theme in use.
#pragma once

#include "ui/appearance.h"

#include <QAbstractButton>

class QMenu;

namespace ui {

// What all of them share: hover, the look's cursor of states, and repaint when the theme changes.
class PaintedButton : public QAbstractButton
{
    Q_OBJECT

public:
    PaintedButton(const Appearance &appearance, QWidget *parent);

protected:
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    bool event(QEvent *event) override;
    const Theme &theme() const { return m_appearance.theme(); }
    bool isHovered() const { return m_hovered && isEnabled(); }
    void paintGround(QPainter &painter, const QColor &fill, const QColor &edge, qreal radius) const;
    void paintIcon(QPainter &painter, const QString &name, const QRect &rect, const QColor &color) const;

    const Appearance &m_appearance;

private:
    bool m_hovered = false;
};

// A square button with an icon: 28 px in bars, 24 in rows, 32 beside fields, 40 in the rail.
class IconButton : public PaintedButton
{
    Q_OBJECT

public:
    enum class Kind { Quiet, Outlined, Primary };

    // `name` is verb and object ("Copy code"): tooltip and accessible name. `keys` joins the tooltip.
    IconButton(const Appearance &appearance, const QString &icon, const QString &name,
               QWidget *parent = nullptr, int side = 28);
    void setIconName(const QString &icon);
    QString iconName() const { return m_icon; }
    void setName(const QString &name, const QString &keys = QString());
    void setIconPixels(int px);
    void setKind(Kind kind);
    void setSide(int px);
    QSize sizeHint() const override { return {m_side, m_side}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_icon;
    Kind m_kind = Kind::Quiet;
    int m_side;
    int m_iconPixels = 16;
};

// A button with words, and an icon where it helps.
class TextButton : public PaintedButton
{
    Q_OBJECT

public:
    enum class Kind {
        Primary,  // the one main button of a view
        Outlined, // others
        Quiet,    // beside text: no edge
        Soft,     // accent on its soft ground
        Danger,   // outlined, danger words
        Pill      // 24 px, round, may be checkable (Think)
    };

    TextButton(const Appearance &appearance, const QString &text, Kind kind = Kind::Outlined,
               QWidget *parent = nullptr);
    void setIconName(const QString &icon);
    void setKind(Kind kind);
    void setButtonHeight(int px);         // 32; 28 in bars, 24 in rows
    void setKeyHint(const QString &keys); // small, behind the words: "Esc"
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {std::min(sizeHint().width(), 48), sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    struct Colors
    {
        QColor fill, edge, words, icon;
    };
    virtual Colors colors() const;
    int iconPixels() const;
    int trailingWidth() const { return m_trailing; }
    void setTrailingWidth(int px) { m_trailing = px; }

    Kind m_kind;
    QString m_icon;
    QString m_keyHint;
    int m_height = 32;

private:
    QFont wordsFont() const;
    int m_trailing = 0;
};

// Opens a menu; a chevron at the end. As a field (edge of a control) or as a pill.
class ComboButton : public TextButton
{
    Q_OBJECT

public:
    enum class Look { Field, Pill, Quiet };

    ComboButton(const Appearance &appearance, const QString &text, Look look = Look::Field,
                QWidget *parent = nullptr);
    // Emptied and to be filled before each showing when aboutToShow() of it is connected. Owned by the
    // button.
    QMenu *menu() const { return m_menu; }
    void setChevronShown(bool shown);
    void openMenu();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    Colors colors() const override;

private:
    QMenu *m_menu;
    Look m_look;
    bool m_chevron = true;
};

} // namespace ui
