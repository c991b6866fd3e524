// The remark below a translation that needs a look: one sentence and what can be done.
#pragma once

#include "app/translate/segment_list_model.h"
#include "ui/widgets/buttons.h"

#include <QWidget>

class QLabel;

namespace ui {

class RowRemark : public QWidget
{
    Q_OBJECT

public:
    RowRemark(const Appearance &appearance, QWidget *parent);
    void setSegment(const app::translate::SegmentEntry &entry);
    static QString sentence(const app::translate::SegmentEntry &entry);
    static constexpr int kHeight = 28; // one line of small text with buttons of 24

Q_SIGNALS:
    void retryRequested();

private:
    const Appearance &m_appearance;
    QLabel *m_words;
    TextButton *m_retry;
    bool m_failed = false;
    void applyLook();
};

} // namespace ui
