// One side of the translate table: a text edit whose rows are level with those of the other side.
#pragma once

#include "app/translate/languages.h"
#include "ui/appearance.h"
#include "ui/translate/row_layout.h"

#include <QTextEdit>

#include <functional>

namespace ui {

class RowEdit : public QTextEdit
{
    Q_OBJECT

public:
    RowEdit(const Appearance &appearance, RowMetrics &metrics, RowMetrics::Side side,
            QWidget *parent = nullptr);

    RowLayout &rows() { return *m_rows; }
    const RowLayout &rows() const { return *m_rows; }
    // Fonts by the language of the text (Chinese, Japanese and Korean share code points); null: not known.
    void setLanguage(const app::translate::Language *language);
    void setHint(const QString &text); // shown while there is no text
    // Text with its own characters: no-break spaces stay, line ends are \n.
    QString exactText() const;
    int offset() const; // y of the table at the top of the viewport
    void applyType();

    // Paints what lies under the text of one row; rect in viewport coordinates.
    std::function<void(QPainter &, int row, const QRect &rect)> paintRow;

Q_SIGNALS:
    void filesDropped(const QStringList &paths);
    void viewMoved(); // scrolled or resized

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void inputMethodEvent(QInputMethodEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;
    QMimeData *createMimeDataFromSelection() const override;

private:
    const Appearance &m_appearance;
    RowMetrics &m_metrics;
    RowLayout *m_rows;
    QString m_hint;
    const app::translate::Language *m_language = nullptr;
};

} // namespace ui
