// The text of an attachment as the model reads it, to look at and to copy.
#pragma once

#include "app/attachments/attachment_record.h"
#include "ui/appearance.h"

#include <QAbstractListModel>
#include <QDialog>

class QListView;

namespace ui {

// A text in rows of bounded length, whatever its size and its lines: a row is made when it is seen.
class TextRowsModel : public QAbstractListModel
{
    Q_OBJECT

public:
    // A line is broken after so many columns; those of Han and kana take two.
    explicit TextRowsModel(const QString &text, int columns = 100, QObject *parent = nullptr);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QString textOf(int firstRow, int lastRow) const; // as it stands in the text

private:
    const QString m_text;
    QVector<qsizetype> m_starts; // and the end of the text
};

class AttachmentDialog : public QDialog
{
    Q_OBJECT

public:
    // `tokens` -1: not known.
    AttachmentDialog(const Appearance &appearance, const app::AttachmentRecord &attachment, int tokens, QWidget *parent = nullptr);
    QListView *view() const { return m_view; }

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void copySelected();

    TextRowsModel m_rows;
    QListView *m_view;
};

} // namespace ui
