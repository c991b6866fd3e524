// What made an answer, in words and figures, and its replay.
#pragma once

#include "app/chat/answer_replay.h"

#include <QDialog>

class QLabel;

namespace ui {

class Appearance;
class TextButton;

class ReceiptDialog : public QDialog
{
    Q_OBJECT

public:
    // `path`: from the first message to the question. The service outlives it.
    ReceiptDialog(const Appearance &appearance, app::InferenceService &service, const QVector<app::MessageRecord> &path,
                  const app::Receipt &receipt, QWidget *parent = nullptr);

    TextButton *replayButton() const { return m_replay; }
    QString verdict() const;
    QString asText() const; // a line a field, for the clipboard

Q_SIGNALS:
    void replaying(bool running);

private:
    QVector<QPair<QString, QString>> fields() const;
    void toggle();
    void showOutcome(app::AnswerReplay::Outcome outcome, const QString &sentence);
    void setVerdict(const QString &words, const QColor &color);

    const Appearance &m_appearance;
    app::InferenceService &m_service;
    const QVector<app::MessageRecord> m_path;
    const app::Receipt m_receipt;
    QPointer<app::AnswerReplay> m_running;
    QLabel *m_verdict;
    TextButton *m_replay;
};

} // namespace ui
