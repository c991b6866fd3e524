// ui/chat/chat_files.h: chats to files of every format and back, beside the window.
#include "ui/chat/chat_files.h"

#include "app/chat/exchange/chat_import.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/chat_file_name.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

using namespace ui;
using Format = ChatFiles::Format;

namespace {

struct Setup
{
    Setup() { (void)QTest::qWaitFor([&] { return chats.isLoaded(); }); }
    qint64 chat(const QString &title)
    {
        app::ConversationRecord conversation;
        conversation.id = app::newRecordId();
        conversation.title = title;
        conversation.titledByUser = true;
        conversation.created = conversation.updated = app::nowMs();
        app::StoreOperations operations{app::CreateConversation{conversation}};
        qint64 parent = 0;
        for (const char *text :
             {"Which whale dives deepest? 哪种鲸鱼？",
              "**Cuvier's** beaked whale.\n\n```cpp\nint depth = 2992;\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |"}) {
            app::MessageRecord message;
            message.id = app::newRecordId();
            message.conversationId = conversation.id;
            message.parentId = parent;
            message.role = parent == 0 ? app::Role::User : app::Role::Assistant;
            message.content = QString::fromUtf8(text);
            message.created = app::nowMs();
            operations << app::SaveMessage{message};
            parent = message.id;
        }
        store.write(operations, app::Durability::Typed);
        (void)QTest::qWaitFor([&] { return chats.rowOf(conversation.id) >= 0; });
        return conversation.id;
    }
    // What was told, and whether it failed.
    std::pair<QString, bool> wait(QSignalSpy &told)
    {
        (void)QTest::qWaitFor([&] { return told.count() > 0 && !files.isBusy(); }, 20000);
        const QList<QVariant> first = told.isEmpty() ? QList<QVariant>{QString(), true} : told.takeFirst();
        return {first[0].toString(), first[1].toBool()};
    }
    QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    test::TemporaryFolder folder;
    app::ChatStore store{folder.path(QStringLiteral("data"))};
    app::ConversationListModel chats{store};
    ChatFiles files{store, chats};
};

} // namespace

class TestChatFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFormatIsWritten_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<QByteArray>("begins");
        QTest::newRow("Markdown") << int(Format::Markdown) << QByteArray("# Deep");
        QTest::newRow("HTML") << int(Format::Html) << QByteArray("<!DOCTYPE html>");
        QTest::newRow("PDF") << int(Format::Pdf) << QByteArray("%PDF-1.");
        QTest::newRow("JSON") << int(Format::Json) << QByteArray("{");
    }
    void everyFormatIsWritten()
    {
        QFETCH(int, format);
        QFETCH(QByteArray, begins);
        Setup s;
        const qint64 id = s.chat(QStringLiteral("Deep"));
        QSignalSpy told(&s.files, &ChatFiles::told);
        const QString path = s.folder.path(QStringLiteral("chat"));
        s.files.exportTo({id}, path, Format(format));
        const auto [sentence, failed] = s.wait(told);
        QVERIFY2(!failed && sentence.contains(path), qPrintable(sentence));
        const QByteArray bytes = s.read(path);
        QVERIFY(bytes.startsWith(begins));
        QVERIFY(bytes.size() > (Format(format) == Format::Pdf ? 2000 : 100));
        if (Format(format) == Format::Pdf)
            QVERIFY(bytes.trimmed().endsWith("%%EOF"));
        QCOMPARE(QDir(s.folder.path(QString())).entryList({QStringLiteral("*.part")}).size(), 0);
    }

    void aFileIsNamedAfterItsChat_data()
    {
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("name");
        QTest::newRow("words") << QStringLiteral("Deep whales") << QStringLiteral("Deep whales");
        QTest::newRow("a sentence") << QStringLiteral("Write about the sea.") << QStringLiteral("Write about the sea");
        QTest::newRow("a path") << QStringLiteral("../a/b: c") << QStringLiteral("-a-b- c");
        QTest::newRow("dots") << QStringLiteral(" ... ") << QStringLiteral("chat");
    }
    void aFileIsNamedAfterItsChat()
    {
        QFETCH(QString, title);
        QTEST(chatFileName(title), "name");
    }

    void formulasAreVectors()
    {
        Setup s;
        const qint64 id = s.chat(QStringLiteral("Deep"));
        app::MessageRecord answer;
        answer.id = app::newRecordId();
        answer.conversationId = id;
        answer.role = app::Role::Assistant;
        answer.content = QStringLiteral(
            "Let $E = mc^2$ and\n\n$$\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}$$\n\nbut not $\\nosuchmacro$.");
        s.store.write({app::SaveMessage{answer}, app::SetCurrentLeaf{id, answer.id, 0}}, app::Durability::Typed);
        QSignalSpy told(&s.files, &ChatFiles::told);
        const QString page = s.folder.path(QStringLiteral("a.html")), pdf = s.folder.path(QStringLiteral("a.pdf"));
        s.files.exportTo({id}, page, Format::Html);
        QVERIFY(!s.wait(told).second);
        const QString html = QString::fromUtf8(s.read(page));
        QCOMPARE(html.count(QStringLiteral("<svg ")), 2);
        QVERIFY(html.contains(QStringLiteral("aria-label=\"E = mc^2\"")) && html.contains(QStringLiteral("<path ")));
        QVERIFY(html.contains(QStringLiteral("<code>\\nosuchmacro</code>"))); // what cannot be drawn is its source
        QVERIFY(!html.contains(QStringLiteral("src=")) && !html.contains(QStringLiteral("<script")));
        s.files.exportTo({id}, pdf, Format::Pdf);
        QVERIFY(!s.wait(told).second);
        const QByteArray bytes = s.read(pdf);
        QVERIFY(bytes.startsWith("%PDF") && !bytes.contains("/Subtype /Image"));
        // The letters of the formulas are no text of the page any more, those of the one that cannot be drawn are.
        QProcess toText;
        toText.start(QStringLiteral("pdftotext"), {pdf, QStringLiteral("-")});
        QVERIFY(toText.waitForFinished(20000));
        const QString words = QString::fromUtf8(toText.readAllStandardOutput());
        QVERIFY2(words.contains(QStringLiteral("Let")) && words.contains(QStringLiteral("nosuchmacro")), qPrintable(words));
        QVERIFY2(!words.contains(QStringLiteral("mc")) && !words.contains(QStringLiteral("pmatrix")), qPrintable(words));
    }

    void allChatsComeBack()
    {
        Setup s;
        const qint64 first = s.chat(QStringLiteral("Deep")), second = s.chat(QStringLiteral("Shallow"));
        s.chats.setArchived(second, true);
        QTRY_COMPARE(s.chats.rowCount(), 1);
        QSignalSpy told(&s.files, &ChatFiles::told);
        const QString path = s.folder.path(QStringLiteral("all.json"));
        s.files.exportTo(s.chats.allIds(), path, Format::Json);
        QVERIFY(!s.wait(told).second);
        s.chats.removeForGood(first);
        s.chats.removeForGood(second);
        QTRY_COMPARE(s.chats.total(), 0);
        s.files.importFrom({path});
        const auto [sentence, failed] = s.wait(told);
        QVERIFY2(!failed && sentence.contains(QStringLiteral("2 chats")) && sentence.contains(QStringLiteral("4 messages")),
                 qPrintable(sentence));
        QTRY_COMPARE(s.chats.total(), 2);
        QTRY_COMPARE(s.chats.rowCount(), 1); // the other one is archived still
        QCOMPARE(s.chats.conversation(0).title, QStringLiteral("Deep"));
    }

    void whatCannotBeWrittenOrReadIsTold()
    {
        Setup s;
        const qint64 id = s.chat(QStringLiteral("Deep"));
        QSignalSpy told(&s.files, &ChatFiles::told);
        for (const Format format : {Format::Markdown, Format::Pdf}) {
            s.files.exportTo({id}, s.folder.path(QStringLiteral("no/such/folder/chat")), format);
            const auto [sentence, failed] = s.wait(told);
            QVERIFY2(failed && sentence.contains(QStringLiteral("no/such/folder")), qPrintable(sentence));
        }
        s.files.importFrom({s.folder.path(QStringLiteral("missing.json"))});
        QVERIFY(s.wait(told).second);
        QCOMPARE(s.chats.total(), 1);
    }
};

QTEST_MAIN(TestChatFiles)
#include "tst_chat_files.moc"
