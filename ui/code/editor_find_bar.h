// Find in the editor: one line above the text, hits marked as one types.
#pragma once

#include "ui/code/code_editor.h"
#include "ui/widgets/find_bar.h"

namespace ui {

class EditorFindBar : public FindBar
{
    Q_OBJECT

public:
    EditorFindBar(const Appearance &appearance, QWidget *parent = nullptr);

    void setEditor(CodeEditor *editor); // the one that is seen

protected:
    QString chosenText() const override;
    void search() override;
    void step(bool backwards) override;
    void clear() override;
    void paintEvent(QPaintEvent *event) override;

private:
    void showCount();

    CodeEditor *m_editor = nullptr;
    TextButton *m_case;
    int m_hits = 0;
};

} // namespace ui
