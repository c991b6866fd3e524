#include "ui/chat/receipt_dialog.h"

#include "ui/appearance.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/figures.h"

#include <QApplication>
#include <QClipboard>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace ui {

ReceiptDialog::ReceiptDialog(const Appearance &appearance, app::InferenceService &service,
                             const QVector<app::MessageRecord> &path, const app::Receipt &receipt, QWidget *parent)
    : QDialog(parent), m_appearance(appearance), m_service(service), m_path(path), m_receipt(receipt),
      m_verdict(new QLabel(this)), m_replay(new TextButton(appearance, tr("Replay"), TextButton::Kind::Primary, this))
{
    setWindowTitle(tr("Receipt of the answer"));
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(24);
    form->setVerticalSpacing(6);
    form->setLabelAlignment(Qt::AlignLeft);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (const auto &[name, value] : fields()) {
        auto *label = new QLabel(name, this);
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, appearance.theme().text2);
        label->setPalette(palette);
        auto *words = new QLabel(value, this);
        words->setTextFormat(Qt::PlainText);
        words->setWordWrap(true);
        words->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        form->addRow(label, words);
    }
    m_verdict->setWordWrap(true);
    m_verdict->setTextFormat(Qt::PlainText);
    m_verdict->setMinimumHeight(44);
    m_verdict->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto *copy = new TextButton(appearance, tr("Copy"), TextButton::Kind::Outlined, this);
    auto *close = new TextButton(appearance, tr("Close"), TextButton::Kind::Outlined, this);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(copy);
    buttons->addStretch();
    buttons->addWidget(close);
    buttons->addWidget(m_replay);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(12);
    all->addLayout(form);
    all->addWidget(m_verdict);
    all->addLayout(buttons);
    connect(copy, &TextButton::clicked, this, [this] { QApplication::clipboard()->setText(asText()); });
    connect(close, &TextButton::clicked, this, &QDialog::accept);
    connect(m_replay, &TextButton::clicked, this, &ReceiptDialog::toggle);
    const QString problem = app::AnswerReplay::problem(m_receipt, m_service);
    m_replay->setEnabled(problem.isEmpty());
    setVerdict(problem.isEmpty()
                   ? tr("Replay asks the same again, with the same seed, and compares token by token. Nothing of it is kept.")
                   : problem,
               appearance.theme().text2);
    // Lines that are broken have their height only once the width is known.
    constexpr int kWidth = 600;
    setMinimumWidth(kWidth);
    resize(kWidth, all->totalHeightForWidth(kWidth));
}

QVector<QPair<QString, QString>> ReceiptDialog::fields() const
{
    const inference::SamplingOptions &s = m_receipt.sampling;
    const auto number = [](double value) { return QString::number(value, 'g', 4); };
    const auto orOff = [](quint32 value) { return value == 0 ? tr("off") : QString::number(value); };
    QVector<QPair<QString, QString>> fields{
        {tr("Model"), app::modelName(m_receipt) + QStringLiteral(", ") + m_receipt.quantisation},
        {tr("File"), m_receipt.file + QStringLiteral(", ") + sizeOnDisk(m_receipt.fileBytes)},
        {tr("Fingerprint"), m_receipt.fingerprint},
        {tr("Device"), m_receipt.device},
        {tr("Program"), QStringLiteral("Baleen ") + m_receipt.program},
        {tr("Seed"), QString::number(s.seed.value_or(0))},
        {tr("Sampling"), tr("temperature %1, top-k %2, top-p %3, min-p %4, repeat penalty %5 over %6 tokens")
                             .arg(number(s.temperature), orOff(s.topK), number(s.topP), number(s.minP), number(s.repeatPenalty))
                             .arg(s.repeatWindow)},
        {tr("Context"), tr("%1 of %2").arg(withCommas(m_receipt.promptTokens), tokenCount(m_receipt.contextLength))},
        {tr("Answer"), tokenCount(m_receipt.tokens.size())}};
    if (m_receipt.thinking != inference::Thinking::ModelDefault)
        fields.insert(7, {tr("Think"), m_receipt.thinking == inference::Thinking::On ? tr("on") : tr("off")});
    if (m_receipt.given > 0)
        fields << qMakePair(tr("Given"),
                            tr("%1, the last one chosen by you; a replay begins behind them").arg(tokenCount(m_receipt.given)));
    if (!m_receipt.cuts.isEmpty()) {
        QStringList cuts;
        for (const int cut : m_receipt.cuts)
            cuts << withCommas(cut);
        fields << qMakePair(tr("Cut"),
                            tr("after %1 tokens, and gone on with the same sampler").arg(cuts.join(QStringLiteral(", "))));
    }
    if (m_receipt.continued)
        fields << qMakePair(tr("Continued"), tr("by asking the model to go on"));
    if (!m_receipt.instructions.isEmpty())
        fields << qMakePair(tr("Instructions"), m_receipt.instructions);
    return fields;
}

QString ReceiptDialog::asText() const
{
    QString text;
    for (const auto &[name, value] : fields())
        text += name + QStringLiteral(": ") + value + QLatin1Char('\n');
    return text;
}

QString ReceiptDialog::verdict() const
{
    return m_verdict->text();
}

void ReceiptDialog::setVerdict(const QString &words, const QColor &color)
{
    QPalette palette = m_verdict->palette();
    palette.setColor(QPalette::WindowText, color);
    m_verdict->setPalette(palette);
    m_verdict->setText(words);
}

void ReceiptDialog::toggle()
{
    if (m_running) {
        m_running->stop();
        return;
    }
    m_running = new app::AnswerReplay(m_service, m_path, m_receipt, this);
    m_replay->setText(tr("Stop"));
    setVerdict(tr("Replaying…"), m_appearance.theme().text2);
    connect(m_running, &app::AnswerReplay::progressed, this, [this](int characters) {
        setVerdict(tr("Replaying, %1 letters…").arg(withCommas(characters)), m_appearance.theme().text2);
    });
    connect(m_running, &app::AnswerReplay::finished, this, &ReceiptDialog::showOutcome);
    Q_EMIT replaying(true);
    m_running->start();
}

void ReceiptDialog::showOutcome(app::AnswerReplay::Outcome outcome, const QString &sentence)
{
    using Outcome = app::AnswerReplay::Outcome;
    const Theme &theme = m_appearance.theme();
    setVerdict(sentence, outcome == Outcome::Same ? theme.success : outcome == Outcome::Stopped ? theme.text2 : theme.warn);
    m_replay->setText(tr("Replay"));
    if (m_running)
        m_running->deleteLater();
    m_running = nullptr;
    Q_EMIT replaying(false);
}

} // namespace ui
