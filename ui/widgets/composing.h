// While an input method composes, keys belong to it: shortcuts of the window do not take them, and Enter, Esc, arrows, Tab and digits that
// come through do nothing in the field.
#pragma once

#include <QObject>

class QWidget;

namespace ui {

// Whether a text that is not typed yet is shown in this field.
bool isComposing(const QWidget *field);

// Watches every field of the application, those of dialogs too. Appearance has one.
class ComposingGuard : public QObject
{
    Q_OBJECT

public:
    explicit ComposingGuard(QObject *parent);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
};

} // namespace ui
