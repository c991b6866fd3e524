// A field for what is looked for in a text, with the number of hits and the ways from one to the next.
#pragma once

#include "ui/widgets/buttons.h"

#include <QLineEdit>
#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace ui {

// Hidden until open(). What a text is and how hits are marked is said by the class that stands on this one.
class FindBar : public QWidget
{
    Q_OBJECT

public:
    FindBar(const Appearance &appearance, const QString &placeholder, QWidget *parent = nullptr);

    void open();  // with what is chosen in the text, or was looked for last
    void close(); // and marks nothing any more
    void findNext(bool backwards);
    QLineEdit *field() const { return m_field; }
    QString count() const;

Q_SIGNALS:
    void closed();

protected:
    virtual QString chosenText() const = 0; // on one line, else nothing
    virtual void search() = 0;              // the field's text is another one: marks the hits and goes to the first
    virtual void step(bool backwards) = 0;
    virtual void clear() = 0; // no marks

    void setCount(const QString &words, bool found); // without a hit there is no way to the next
    QHBoxLayout *line() const { return m_line; }
    const Appearance &appearance() const { return m_appearance; }
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    const Appearance &m_appearance;
    QHBoxLayout *m_line;
    QLineEdit *m_field;
    QLabel *m_count;
    IconButton *m_previous;
    IconButton *m_next;
};

} // namespace ui
