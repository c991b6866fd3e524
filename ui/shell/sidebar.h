// The sidebar: the model at its head, the panels, the list of the panel shown, Settings at its foot. As a
// rail only the icons are left.
#pragma once

#include "ui/widgets/buttons.h"

#include <QHash>
#include <QPointer>
#include <QWidget>

class QVBoxLayout;

namespace ui {

inline constexpr int kRailWidth = 56;

// Mark, short name, second line; opens the menu of models.
class ModelSwitch : public PaintedButton
{
    Q_OBJECT

public:
    explicit ModelSwitch(const Appearance &appearance, QWidget *parent = nullptr);
    void setModel(const QString &name, const QString &details, const QString &tip);
    void setProgress(int percent); // -1: none
    void setRailed(bool railed);
    QSize sizeHint() const override { return {m_railed ? 40 : 248, m_railed ? 40 : 52}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_name, m_details;
    int m_percent = -1;
    bool m_railed = false;
};

// A row of the navigation: icon, name, what goes on there.
class NavRow : public PaintedButton
{
    Q_OBJECT

public:
    NavRow(const Appearance &appearance, const QString &icon, const QString &name, const QString &keys,
           QWidget *parent);
    void setBadge(const QString &text);
    QString badge() const { return m_badge; }
    void setCurrent(bool current);
    void setRailed(bool railed);
    QSize sizeHint() const override { return {m_railed ? 40 : 248, m_railed ? 40 : 32}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_icon, m_name, m_badge;
    bool m_current = false, m_railed = false;
};

class Sidebar : public QWidget
{
    Q_OBJECT

public:
    explicit Sidebar(const Appearance &appearance, QWidget *parent = nullptr);

    void addPanel(const QString &id, const QString &icon, const QString &name, const QString &keys);
    void setCurrentPanel(const QString &id);
    void setBadge(const QString &id, const QString &text);
    NavRow *row(const QString &id) const { return m_rows.value(id); }
    void setRailed(bool railed);
    bool isRailed() const { return m_railed; }
    // Over the card, in narrow windows: it paints an edge.
    void setFloating(bool floating);
    // The list of the panel shown; null: none. The sidebar does not own it.
    void setList(QWidget *list);
    ModelSwitch *modelSwitch() const { return m_switch; }

Q_SIGNALS:
    void panelChosen(const QString &id);
    void settingsRequested();
    void modelMenuRequested();
    void widthDragged(int px);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    const Appearance &m_appearance;
    QVBoxLayout *m_all;
    QVBoxLayout *m_nav;
    ModelSwitch *m_switch;
    QWidget *m_listPlace;
    NavRow *m_settings;
    QHash<QString, NavRow *> m_rows;
    QPointer<QWidget> m_list;
    bool m_railed = false, m_floating = false, m_dragging = false;
};

} // namespace ui
