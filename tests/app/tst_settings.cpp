// The typed settings: what stands in the file and is no value of the key reads as its default; every key is declared in one place.
#include "app/settings_keys.h"

#include "tests/structure/source_tree.h"
#include "tests/support/temporary_file.h"

#include <QRegularExpression>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

using namespace app;

namespace {

template <class T> void checkHostile(const SettingKey<T> &key, const QString &path)
{
    const QString name = QString::fromLatin1(key.name);
    const QString group = name.section(QLatin1Char('/'), 0, 0), leaf = name.section(QLatin1Char('/'), 1);
    for (const QByteArray &value : {QByteArray("-99999999999999999999"), QByteArray("1e400"), QByteArray("nan"), QByteArray("x, y"), QByteArray(""), QByteArray("@Invalid()"),
                                    QByteArray("@Variant(\\0\\0\\0\\x7f)"), QByteArray("@ByteArray(\\0)"), QByteArray("@Size(1 2)"), QByteArray("2147483647"), QByteArray("-2147483648"),
                                    QByteArray("truefalse"), QByteArray(100000, 'a'), QByteArray("\\x0\\xff\\xd8")}) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[" + group.toLatin1() + "]\n" + leaf.toLatin1() + "=" + value + "\n");
        file.close();
        const Settings settings(path);
        const T read = settings.get(key);
        QVERIFY2(key.bounds.holds(read), qPrintable(name + QLatin1Char('=') + QString::fromLatin1(value.left(60))));
        if constexpr (std::is_same_v<T, int> || std::is_same_v<T, bool> || std::is_same_v<T, qint64>)
            if (value.contains('9') || value.contains("true") || value == "nan" || value.startsWith('@'))
                QCOMPARE(read, key.defaultValue);
    }
}

template <class T> void checkRoundTrip(const SettingKey<T> &key, const T &value, const QString &path)
{
    {
        Settings settings(path);
        QSignalSpy spy(&settings, &Settings::changed);
        settings.set(key, value);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(settings.get(key), value);
        QVERIFY(!settings.isDefault(key));
    }
    Settings again(path);
    QCOMPARE(again.get(key), value);
    again.reset(key);
    QCOMPARE(again.get(key), key.defaultValue);
    QVERIFY(again.isDefault(key));
}

} // namespace

class TestSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachDefaultIsAValueOfItsKey();
    void whatIsNoValueReadsAsTheDefault();
    void valuesOutsideOfTheBoundsAreNotTaken();
    void valuesComeBackFromTheFile();
    void wordsWithCommasWrittenByHandAreText();
    void everyKeyIsDeclaredInOnePlace();
    void nothingElseReadsTheFile();
};

void TestSettings::eachDefaultIsAValueOfItsKey()
{
    QSet<QString> names;
    forEachSetting([&](const auto &key) {
        QVERIFY2(key.bounds.holds(key.defaultValue), key.name);
        QVERIFY2(!names.contains(QLatin1String(key.name)), key.name);
        names.insert(QLatin1String(key.name));
    });
    QVERIFY(names.size() >= 25);
}

void TestSettings::whatIsNoValueReadsAsTheDefault()
{
    test::TemporaryFolder folder;
    // Qt says of a value that it cannot read.
    for (int i = 0; i < 26; ++i)
        QTest::ignoreMessage(QtWarningMsg, "QVariant::load: unknown user type with name .");
    forEachSetting([&](const auto &key) { checkHostile(key, folder.path(QStringLiteral("a.ini"))); });
}

void TestSettings::valuesOutsideOfTheBoundsAreNotTaken()
{
    test::TemporaryFolder folder;
    Settings settings(folder.path(QStringLiteral("a.ini")));
    QSignalSpy spy(&settings, &Settings::changed);
    settings.set(kReadingSize, 21);
    settings.set(kReadingSize, 12);
    settings.set(kKvCacheBits, 12);
    settings.set(kScheme, QStringLiteral("blue"));
    settings.set(kReadBandwidth, std::numeric_limits<double>::quiet_NaN());
    settings.set(kLastConversation, qint64(-1));
    QVERIFY(spy.isEmpty());
    QCOMPARE(settings.get(kReadingSize), 15);
    settings.set(kReadingSize, 20);
    QCOMPARE(settings.get(kReadingSize), 20);
    settings.set(kReadingSize, 99);
    QCOMPARE(settings.get(kReadingSize), 20);
}

void TestSettings::valuesComeBackFromTheFile()
{
    test::TemporaryFolder folder;
    const QString path = folder.path(QStringLiteral("a.ini"));
    checkRoundTrip(kReadingSize, 18, path);
    checkRoundTrip(kCodeZoom, -3, path);
    checkRoundTrip(kDoubt, true, path);
    checkRoundTrip(kModelTitles, false, path);
    checkRoundTrip(kLastConversation, qint64(1) << 40, path);
    checkRoundTrip(kReadBandwidth, 2.5e10, path);
    checkRoundTrip(kSystemPrompt, QStringLiteral("Be brief, \"please\";\n是的 100%\\"), path);
    checkRoundTrip(kGeometry, QByteArray("\0\xff,;\n", 5), path);
    checkRoundTrip(kOpenedModels, QStringList{QStringLiteral("/a, b.gguf")}, path);
    checkRoundTrip(kOpenedModels, QStringList{QStringLiteral("/a.gguf"), QStringLiteral("/b.gguf")}, path);
    checkRoundTrip(kScheme, QStringLiteral("dark"), path);
}

void TestSettings::wordsWithCommasWrittenByHandAreText()
{
    test::TemporaryFolder folder;
    QFile file(folder.path(QStringLiteral("a.ini")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("[chat]\nsystemPrompt=Hello, world\nmaxAnswerTokens=512\n");
    file.close();
    const Settings settings(file.fileName());
    QCOMPARE(settings.get(kSystemPrompt), QStringLiteral("Hello, world"));
    QCOMPARE(settings.get(kMaxAnswerTokens), 512);
}

void TestSettings::everyKeyIsDeclaredInOnePlace()
{
    const QString root = QStringLiteral(BALEEN_SOURCE_DIR);
    static const QRegularExpression declared(QStringLiteral("SettingKey<[^>]+>+ (k\\w+)\\{\"([^\"]+)\""));
    QSet<QString> names;
    for (const QString &file : test::textFiles(root)) {
        if (!test::isSource(file) || !(file.startsWith(QLatin1String("app/")) || file.startsWith(QLatin1String("ui/"))) || file == QLatin1String("app/settings.h"))
            continue;
        for (auto it = declared.globalMatch(test::textOf(root, file)); it.hasNext();) {
            const QRegularExpressionMatch match = it.next();
            QVERIFY2(file == QLatin1String("app/settings_keys.h"), qPrintable(file + QStringLiteral(" declares ") + match.captured(1)));
            names.insert(match.captured(2));
        }
    }
    QSet<QString> listed;
    forEachSetting([&](const auto &key) { listed.insert(QLatin1String(key.name)); });
    QCOMPARE(listed, names);
}

void TestSettings::nothingElseReadsTheFile()
{
    const QString root = QStringLiteral(BALEEN_SOURCE_DIR);
    int files = 0;
    for (const QString &file : test::textFiles(root)) {
        if (!test::isSource(file) || !(file.startsWith(QLatin1String("app/")) || file.startsWith(QLatin1String("ui/"))) || file.startsWith(QLatin1String("app/settings.")))
            continue;
        ++files;
        QVERIFY2(!test::textOf(root, file).contains(QLatin1String("QSettings")), qPrintable(file));
    }
    QVERIFY(files > 150);
}

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
