// Texts that give orders or ask questions, translated by the starter model on the road of the Translate
// panel: none may be obeyed or answered. The table is tests/golden/hostile_translations.json.
#include "app/translate/translate_session.h"

#include "app/translate/text_measure.h"
#include "tests/support/models.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace app;
using namespace app::translate;

class TestHostileTranslations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_service.load(test::starterModel());
        QVERIFY(QTest::qWaitFor([this] { return m_service.model().has_value(); }, 120000));
    }

    void isTranslatedAndNotObeyed_data()
    {
        QFile file(QStringLiteral(BALEEN_GOLDEN_DIR "/hostile_translations.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray sentences =
            QJsonDocument::fromJson(file.readAll()).object().value(QLatin1String("sentences")).toArray();
        QVERIFY(sentences.size() > 20);
        QTest::addColumn<QJsonObject>("row");
        for (int i = 0; i < sentences.size(); ++i) {
            const QJsonObject row = sentences[i].toObject();
            QTest::addRow("%d %s to %s", i, qPrintable(row[QLatin1String("from")].toString()),
                          qPrintable(row[QLatin1String("to")].toString()))
                << row;
        }
    }

    void isTranslatedAndNotObeyed()
    {
        QFETCH(QJsonObject, row);
        const QString text = row[QLatin1String("text")].toString();
        QTemporaryDir folder;
        TranslateSession session(m_service, folder.path());
        session.setChosenSource(findLanguage(row[QLatin1String("from")].toString()));
        session.setTarget(*findLanguage(row[QLatin1String("to")].toString()));
        session.setSourceText(text);
        session.translateNow();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), TranslateSession::State::Finished, 60000);
        QString answer;
        for (int i = 0; i < session.total(); ++i) {
            const SegmentEntry &entry = session.segments().at(i);
            answer += entry.target + QLatin1Char('\n');
            // In the original it is not obeyed either, but of no use.
            QVERIFY2(entry.state != SegmentState::Failed || row[QLatin1String("mayStay")].toBool(),
                     qPrintable(text));
        }
        const QByteArray shown = (text + QStringLiteral("\n  -> ") + answer).toUtf8();
        qInfo("%s", shown.constData());
        for (const QJsonValue &sign : row[QLatin1String("never")].toArray())
            QVERIFY2(!answer.contains(sign.toString(), Qt::CaseInsensitive), shown.constData());
        const QJsonArray parts = row[QLatin1String("holds")].toArray();
        const bool held = std::any_of(parts.begin(), parts.end(), [&](const QJsonValue &part) {
            return answer.contains(part.toString(), Qt::CaseInsensitive);
        });
        QVERIFY2(parts.isEmpty() || held, shown.constData());
        if (row[QLatin1String("question")].toBool())
            QVERIFY2(answer.contains(QLatin1Char('?')) || answer.contains(QChar(0xFF1F)) ||
                         answer.contains(QChar(0x061F)) || answer.contains(QChar(0x304B)),
                     shown.constData());
        const auto letters = scriptLetters(answer);
        QVERIFY2(letters[std::size_t(scriptNamed(row[QLatin1String("script")].toString()))] > 0,
                 shown.constData());
    }

private:
    static Script scriptNamed(const QString &name)
    {
        static const QHash<QString, Script> names{
            {QStringLiteral("Latin"), Script::Latin},   {QStringLiteral("Han"), Script::Han},
            {QStringLiteral("Kana"), Script::Kana},     {QStringLiteral("Hangul"), Script::Hangul},
            {QStringLiteral("Arabic"), Script::Arabic}, {QStringLiteral("Cyrillic"), Script::Cyrillic}};
        if (!names.contains(name))
            qFatal("The table names a script that this test does not know: %s", qPrintable(name));
        return names.value(name);
    }

    InferenceService m_service{inference::createEngine()};
};

QTEST_GUILESS_MAIN(TestHostileTranslations)
#include "tst_hostile_translations.moc"
