// Find in the editor: one line above the text, hits marked as one types.
#pragma once

#include "ui/code/code_editor.h"
#include "ui/widgets/buttons.h"

#include <QLabel>
#include <QLineEdit>
#include <QWidget>

namespace ui {

class FindBar : public QWidget
{
    Q_OBJECT

public:
    FindBar(const Appearance &appearance, QWidget *parent = nullptr);

    void setEditor(CodeEditor *editor); // the one that is seen
    void open();                        // with what is selected
    void close();
    void findNext(bool backwards);
    QLineEdit *field() const { return m_field; }
    QString count() const { return m_count->text(); }

Q_SIGNALS:
    void closed();

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void search();
    void showCount();

    const Appearance &m_appearance;
    CodeEditor *m_editor = nullptr;
    QLineEdit *m_field;
    QLabel *m_count;
    TextButton *m_case;
    int m_hits = 0;
};

} // namespace ui
