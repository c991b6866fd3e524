// What every file of the repository keeps to: sizes, a first comment, no traces of one machine, one package
// list.
#include "tests/structure/source_tree.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

namespace {

const QString kRoot = QStringLiteral(BALEEN_SOURCE_DIR);

bool startsWithComment(const QString &text)
{
    const QString start = text.trimmed();
    return start.startsWith(QLatin1String("//")) || start.startsWith(QLatin1String("/*"));
}

// Written in halves so that this file does not hold them.
QStringList forbiddenWords()
{
    return {QStringLiteral("pypi") + QStringLiteral(".org"),
            QStringLiteral("files.python") + QStringLiteral("hosted"),
            QStringLiteral("deb.debian") + QStringLiteral(".org"),
            QStringLiteral("registry.npm") + QStringLiteral("js"),
            QStringLiteral("archive.ubuntu") + QStringLiteral(".com"),
            QStringLiteral("/roo") + QStringLiteral("t/"),
            QStringLiteral("/wor") + QStringLiteral("k/"),
            QStringLiteral("TO") + QStringLiteral("DO"),
            QStringLiteral("FIX") + QStringLiteral("ME"),
            QStringLiteral("XX") + QStringLiteral("X ")};
}

QStringList forbiddenIn(const QString &text)
{
    QStringList found;
    for (const QString &word : forbiddenWords())
        if (text.contains(word))
            found.append(word);
    return found;
}

// Code only: a table of characters or a test may be as long as it needs.
bool lengthMatters(const QString &path)
{
    return test::isSource(path) && !path.startsWith(QLatin1String("tests/")) &&
           !path.contains(QLatin1String("table"));
}

} // namespace

class TestRepository : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noSourceIsLongerThan800Lines()
    {
        QStringList tooLong;
        int counted = 0;
        for (const QString &path : test::textFiles(kRoot)) {
            if (!lengthMatters(path))
                continue;
            ++counted;
            const auto lines = test::textOf(kRoot, path).count(QLatin1Char('\n'));
            if (lines > 800)
                tooLong.append(QStringLiteral("%1 has %2 lines").arg(path).arg(lines));
        }
        QVERIFY2(counted > 50, "the sources were not found");
        QVERIFY2(tooLong.isEmpty(), qPrintable(tooLong.join(QLatin1Char('\n'))));
    }

    void everyHeaderSaysWhatItIsFor()
    {
        QStringList silent;
        for (const QString &path : test::textFiles(kRoot))
            if (path.endsWith(QLatin1String(".h")) && !startsWithComment(test::textOf(kRoot, path)))
                silent.append(path);
        QVERIFY2(silent.isEmpty(), qPrintable(silent.join(QLatin1Char('\n'))));
        QVERIFY(!startsWithComment(QStringLiteral("#pragma once\n// late\n")));
    }

    void noFileHoldsAForbiddenWord()
    {
        QStringList found;
        for (const QString &path : test::textFiles(kRoot))
            for (const QString &word : forbiddenIn(test::textOf(kRoot, path)))
                found.append(path + QStringLiteral(" holds ") + word);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
        for (const QString &word : forbiddenWords())
            QCOMPARE(forbiddenIn(QStringLiteral("x ") + word), QStringList{word});
    }

    void everyScriptRunsAndHasNoSyntaxError()
    {
        int scripts = 0;
        for (const QString &path : test::textFiles(kRoot)) {
            if (!path.endsWith(QLatin1String(".sh")) && path != QLatin1String(".ci/run"))
                continue;
            ++scripts;
            const QString full = QDir(kRoot).filePath(path);
            const bool sourced = !test::textOf(kRoot, path).startsWith(QLatin1String("#!"));
            QVERIFY2(sourced || QFileInfo(full).isExecutable(),
                     qPrintable(path + QStringLiteral(" is not executable")));
            QProcess bash;
            bash.start(QStringLiteral("bash"), {QStringLiteral("-n"), full});
            QVERIFY2(bash.waitForFinished() && bash.exitCode() == 0, bash.readAllStandardError().constData());
        }
        QVERIFY(scripts >= 4);
    }

    // One list: a script that names a package of its own would drift from it.
    void packagesAreNamedInOnePlace()
    {
        const QString list = test::textOf(kRoot, QStringLiteral("packaging/packages.txt"));
        QStringList names;
        for (const QString &line : list.split(QLatin1Char('\n'))) {
            if (line.isEmpty() || line.startsWith(QLatin1Char('#')))
                continue;
            const QStringList words = line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
            QVERIFY2(words.size() == 2, qPrintable(line));
            QVERIFY2((QStringList{"build", "run", "test"}.contains(words[0])), qPrintable(line));
            for (const QString &name : words[1].split(QLatin1Char('|')))
                names.append(name);
        }
        QVERIFY(names.size() > 15);
        QCOMPARE(QSet<QString>(names.cbegin(), names.cend()).size(), names.size());
        for (const char *script : {"packaging/run.sh", "packaging/test.sh", ".ci/run"}) {
            const QString text = test::textOf(kRoot, QLatin1String(script));
            for (const QString &name : names)
                if (name.contains(QLatin1String("-dev")) || name.startsWith(QLatin1String("fonts-")))
                    QVERIFY2(!text.contains(name), qPrintable(name));
        }
    }

    void theModelCatalogueAddsUp()
    {
        const QJsonDocument document =
            QJsonDocument::fromJson(test::textOf(kRoot, QStringLiteral("packaging/models.json")).toUtf8());
        QVERIFY(document.isArray());
        static const QRegularExpression sha(QStringLiteral("^[0-9a-f]{64}$"));
        QStringList ids;
        for (const QJsonValue &value : document.array()) {
            const QJsonObject model = value.toObject();
            ids.append(model.value(QLatin1String("id")).toString());
            qint64 bytes = 0;
            for (const QJsonValue &part : model.value(QLatin1String("parts")).toArray()) {
                bytes += part.toObject().value(QLatin1String("bytes")).toInteger();
                QVERIFY(sha.match(part.toObject().value(QLatin1String("sha256")).toString()).hasMatch());
                QVERIFY(!part.toObject().value(QLatin1String("version")).toString().isEmpty());
            }
            QCOMPARE(bytes, model.value(QLatin1String("bytes")).toInteger());
            QVERIFY(sha.match(model.value(QLatin1String("sha256")).toString()).hasMatch());
            QCOMPARE(model.value(QLatin1String("licence")).toString(), QStringLiteral("Apache-2.0"));
        }
        QCOMPARE(ids, (QStringList{"starter", "small", "formulas"}));
    }

    // Without this a wrong word in a CMake message, a script or the man page would never be seen.
    void theVersionIsTheSameEverywhere()
    {
        static const QRegularExpression version(QStringLiteral("project\\(Baleen VERSION ([0-9.]+)"));
        const QString number =
            version.match(test::textOf(kRoot, QStringLiteral("CMakeLists.txt"))).captured(1);
        QVERIFY(!number.isEmpty());
        QVERIFY(
            test::textOf(kRoot, QStringLiteral("CHANGELOG.md"))
                .contains(QStringLiteral("## [%1]").arg(number)) ||
            test::textOf(kRoot, QStringLiteral("CHANGELOG.md")).contains(QStringLiteral("## [Unreleased]")));
        QVERIFY(test::textOf(kRoot, QStringLiteral("packaging/linux/org.baleen.Baleen.metainfo.xml"))
                    .contains(QStringLiteral("version=\"%1\"").arg(number)));
    }
};

QTEST_GUILESS_MAIN(TestRepository)
#include "tst_repository.moc"
