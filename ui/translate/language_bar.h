// The bar above the table: languages, how sure the detection is, swap, and the verb.
#pragma once

#include "app/translate/translate_session.h"
#include "ui/widgets/buttons.h"

#include <QWidget>

class QLabel;

namespace ui {

class LanguageBar : public QWidget
{
    Q_OBJECT

public:
    LanguageBar(app::translate::TranslateSession &session, const Appearance &appearance,
                QWidget *parent = nullptr);

    ComboButton &sourceButton() { return *m_source; }
    ComboButton &targetButton() { return *m_target; }
    TextButton &verb() { return *m_verb; }
    IconButton &swap() { return *m_swap; }
    void chooseSource() { m_source->openMenu(); }
    void chooseTarget() { m_target->openMenu(); }
    static constexpr int kHeight = 52;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void fillSourceMenu();
    void fillTargetMenu();
    void refresh();
    void place();

    app::translate::TranslateSession &m_session;
    const Appearance &m_appearance;
    ComboButton *m_source;
    QLabel *m_detected;    // "Detected, 99% sure"
    TextButton *m_perhaps; // "Perhaps Japanese, 54% sure": a click takes it
    IconButton *m_swap;
    ComboButton *m_target;
    TextButton *m_verb;
};

} // namespace ui
