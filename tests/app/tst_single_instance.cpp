// app/single_instance.h: exactly one owner of a data folder, and what a second start hands over.
#include "app/single_instance.h"

#include "tests/support/temporary_file.h"

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <cstdio>

using namespace app;

namespace {

QString canonical(const test::TemporaryFolder &folder)
{
    return QFileInfo(folder.path(QStringLiteral("."))).canonicalFilePath();
}

std::unique_ptr<QProcess> startChild(const QString &folder, const QString &model = {})
{
    auto child = std::make_unique<QProcess>();
    child->start(QCoreApplication::applicationFilePath(), {QStringLiteral("--instance"), folder, model});
    return child;
}

QByteArray firstLine(QProcess &child)
{
    QByteArray line;
    if (!QTest::qWaitFor([&] { return (line += child.readLine()).contains('\n'); }, 20000))
        return "nothing";
    return line.trimmed();
}

bool hasEnded(QProcess &child)
{
    return QTest::qWaitFor([&] { return child.state() == QProcess::NotRunning; }, 20000);
}

} // namespace

class TestSingleInstance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSecondStartHandsOver()
    {
        const test::TemporaryFolder folder;
        SingleInstance first;
        QSignalSpy handed(&first, &SingleInstance::handedOver);
        const auto started = first.start(canonical(folder), {});
        QVERIFY(started);
        QCOMPARE(*started, SingleInstance::Start::First);
        const auto child = startChild(canonical(folder), QStringLiteral("models/größe.gguf"));
        QCOMPARE(firstLine(*child), QByteArray("handed over"));
        QCOMPARE(handed.count(), 1);
        const auto handover = handed.first().first().value<Handover>();
        QCOMPARE(handover.model, QDir::current().absoluteFilePath(QStringLiteral("models/größe.gguf")));
        QCOMPARE(handover.panel, QStringLiteral("code"));
        QCOMPARE(handover.activationToken, QStringLiteral("token-7"));
        QVERIFY(hasEnded(*child));
    }
    void aKilledOwnerLeavesNothingInTheWay()
    {
        const test::TemporaryFolder folder;
        const auto child = startChild(canonical(folder));
        QCOMPARE(firstLine(*child), QByteArray("first"));
        child->kill();
        QVERIFY(hasEnded(*child));
        QVERIFY(QFile::exists(canonical(folder) + QStringLiteral("/baleen.socket"))); // stale
        SingleInstance next;
        const auto started = next.start(canonical(folder), {});
        QVERIFY(started);
        QCOMPARE(*started, SingleInstance::Start::First);
        const auto second = startChild(canonical(folder));
        QCOMPARE(firstLine(*second), QByteArray("handed over"));
        QVERIFY(hasEnded(*second));
    }
    void anOwnerThatDoesNotAnswerIsNamed()
    {
        const test::TemporaryFolder folder;
        const auto child = startChild(canonical(folder), QStringLiteral("mute"));
        QCOMPARE(firstLine(*child), QByteArray("first"));
        SingleInstance next;
        const auto started = next.start(canonical(folder), {}, 300);
        QVERIFY(!started);
        QCOMPARE(started.error().code, inference::ErrorCode::Busy);
        child->kill();
        QVERIFY(hasEnded(*child));
    }
    void manyStartsHaveOneOwner()
    {
        for (int round = 0; round < 3; ++round) {
            const test::TemporaryFolder folder;
            std::vector<std::unique_ptr<QProcess>> children;
            for (int i = 0; i < 12; ++i)
                children.push_back(startChild(canonical(folder)));
            int owners = 0, handed = 0;
            for (const auto &child : children) {
                const QByteArray line = firstLine(*child);
                owners += line == "first";
                handed += line == "handed over";
            }
            QCOMPARE(owners, 1);
            QCOMPARE(handed, 11);
            for (const auto &child : children)
                child->kill();
            for (const auto &child : children)
                QVERIFY(hasEnded(*child));
        }
    }
    void longPathsWorkToo()
    {
        const test::TemporaryFolder folder;
        const QString path = canonical(folder) + QLatin1Char('/') + QString(120, QLatin1Char('d'));
        QVERIFY(QDir().mkpath(path));
        SingleInstance first;
        QSignalSpy handed(&first, &SingleInstance::handedOver);
        QCOMPARE(*first.start(path, {}), SingleInstance::Start::First);
        const auto child = startChild(path);
        QCOMPARE(firstLine(*child), QByteArray("handed over"));
        QCOMPARE(handed.count(), 1);
        QVERIFY(hasEnded(*child));
    }
    void strangeMessagesAreHarmless()
    {
        const test::TemporaryFolder folder;
        SingleInstance first;
        QSignalSpy handed(&first, &SingleInstance::handedOver);
        QVERIFY(first.start(canonical(folder), {}));
        for (const QByteArray &bytes :
             {QByteArray("\xff\xfe\n"), QByteArray("[1,2]\n"), QByteArray(200000, 'x')}) {
            QLocalSocket socket;
            socket.connectToServer(canonical(folder) + QStringLiteral("/baleen.socket"));
            QVERIFY(socket.waitForConnected());
            socket.write(bytes);
            QVERIFY(QTest::qWaitFor([&] { return socket.state() == QLocalSocket::UnconnectedState; }, 10000));
        }
        for (const auto &each : handed)
            QVERIFY(each.first().value<Handover>().model.isEmpty());
    }
    void aFolderThatIsNotThereIsAnError()
    {
        SingleInstance first;
        QVERIFY(!first.start(QStringLiteral("/nowhere/at/all"), {}, 100));
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc > 3 && qstrcmp(argv[1], "--instance") == 0) {
        SingleInstance instance;
        const auto started = instance.start(QString::fromLocal8Bit(argv[2]),
                                            {QString::fromLocal8Bit(argv[3]), QStringLiteral("code"), QStringLiteral("token-7")}, 15000);
        std::puts(!started                                   ? started.error().message.c_str()
                  : *started == SingleInstance::Start::First ? "first"
                                                             : "handed over");
        std::fflush(stdout);
        if (!started || *started == SingleInstance::Start::HandedOver)
            return 0;
        if (qstrcmp(argv[3], "mute") == 0)
            for (;;)
                QThread::sleep(1);
        return QCoreApplication::exec();
    }
    TestSingleInstance test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_single_instance.moc"
