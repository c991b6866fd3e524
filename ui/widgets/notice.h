// A soft bar that says what happened, what was kept and what to do, with up to three actions.
#pragma once

#include "ui/widgets/buttons.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;

namespace ui {

class Notice : public QFrame
{
    Q_OBJECT

public:
    enum class Kind { Plain, Success, Warn, Danger };

    explicit Notice(const Appearance &appearance, Kind kind = Kind::Plain, QWidget *parent = nullptr);

    // With a title it is two lines with the actions below; without one a single bar with the actions at its
    // end.
    void setWords(const QString &title, const QString &sentence);
    void setKind(Kind kind);
    void setIconName(const QString &icon);
    // Keys Alt+1, Alt+2, Alt+3 press them while the notice is seen.
    TextButton *addAction(const QString &text, TextButton::Kind kind = TextButton::Kind::Outlined,
                          const QString &icon = QString());
    void clearActions();
    void setClosable(bool closable);
    QString sentence() const;

Q_SIGNALS:
    void closed();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void arrange();
    void paintWords();

    const Appearance &m_appearance;
    Kind m_kind;
    QString m_icon;
    QLabel *m_title;
    QLabel *m_sentence;
    QHBoxLayout *m_line;    // words, and the actions of a bar
    QHBoxLayout *m_actions; // below the words
    IconButton *m_close;
    QVector<TextButton *> m_buttons;
};

} // namespace ui
