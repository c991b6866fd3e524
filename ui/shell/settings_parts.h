// Parts that the settings dialog is made of.
#pragma once

#include "ui/appearance.h"

#include <QFrame>

class QLabel;

namespace ui {

class PlainEdit;

// A label in a colour of the theme that follows it.
QLabel *themedLabel(const Appearance &appearance, const QString &text, FontRole role, ColorToken color, QWidget *parent);

// A row with a rule below it.
class RuledRow : public QWidget
{
    Q_OBJECT

public:
    RuledRow(const Appearance &appearance, QWidget *parent) : QWidget(parent), m_appearance(appearance) {}

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Appearance &m_appearance;
};

// A field with an edge around a multi-line edit.
class EditField : public QFrame
{
    Q_OBJECT

public:
    EditField(const Appearance &appearance, QWidget *parent);
    PlainEdit *edit() const { return m_edit; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Appearance &m_appearance;
    PlainEdit *m_edit;
};

} // namespace ui
