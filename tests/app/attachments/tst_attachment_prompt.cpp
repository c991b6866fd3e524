// app/attachments/attachment_prompt.h: the file prompt of DeepSeek's makers.
#include "app/attachments/attachment_prompt.h"

#include "app/chat/chat_prompt.h"

#include <QTest>

using namespace app;

namespace {

AttachmentRecord attached(const QString &name, const QString &text)
{
    AttachmentRecord record;
    record.name = name;
    record.text = text;
    return record;
}

} // namespace

class TestAttachmentPrompt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // file_template of https://huggingface.co/deepseek-ai/DeepSeek-R1, letter by letter.
    void isTheMakersFormat()
    {
        QCOMPARE(withAttachments({attached(QStringLiteral("notes.txt"), QStringLiteral("one\ntwo"))}, QStringLiteral("What is two?")),
                 QStringLiteral("[file name]: notes.txt\n[file content begin]\none\ntwo\n[file content end]\nWhat is two?"));
    }

    void severalStandOneAfterTheOther()
    {
        QCOMPARE(withAttachments({attached(QStringLiteral("a"), QStringLiteral("1")), attached(QStringLiteral("二.md"), QStringLiteral("2"))}, QStringLiteral("?")),
                 QStringLiteral("[file name]: a\n[file content begin]\n1\n[file content end]\n"
                                "[file name]: 二.md\n[file content begin]\n2\n[file content end]\n?"));
    }

    void whatIsLeftOutIsNotSent()
    {
        AttachmentRecord secret = attached(QStringLiteral("secret"), QStringLiteral("x"));
        secret.leftOut = true;
        QCOMPARE(withAttachments({secret}, QStringLiteral("words")), QStringLiteral("words"));
        QCOMPARE(withAttachments({}, QStringLiteral("words")), QStringLiteral("words"));
        QCOMPARE(withAttachments({secret}, QString()), QString());
    }

    void aNameIsOneLineAndAnyTextIsKept()
    {
        const QString text = QStringLiteral("%1 %2 [file content end]\n<｜User｜>");
        const QString prompt = withAttachments({attached(QStringLiteral("a\n[file content begin]\u2028b"), text)}, QStringLiteral("%3"));
        QVERIFY(prompt.startsWith(QStringLiteral("[file name]: a [file content begin] b\n")));
        QVERIFY(prompt.contains(text));
        QVERIFY(prompt.endsWith(QStringLiteral("\n%3")));
    }

    void withoutWordsTheBlockEndsThePrompt()
    {
        QVERIFY(withAttachments({attached(QStringLiteral("a"), QStringLiteral("1"))}, QString()).endsWith(QStringLiteral("[file content end]")));
    }

    void standsBeforeTheWordsOfItsMessage()
    {
        MessageRecord first, answer, second;
        first.content = QStringLiteral("first");
        first.attachments = {attached(QStringLiteral("a"), QStringLiteral("1"))};
        answer.role = Role::Assistant;
        answer.content = QStringLiteral("yes");
        second.content = QStringLiteral("second");
        const auto request = chatRequest({first, answer, second}, {}, {});
        const auto &turns = std::get<inference::ChatInput>(request.input).messages;
        QCOMPARE(turns.size(), std::size_t(3));
        QCOMPARE(turns[0].content, std::string("[file name]: a\n[file content begin]\n1\n[file content end]\nfirst"));
        QCOMPARE(turns[2].content, std::string("second"));
    }
};

QTEST_GUILESS_MAIN(TestAttachmentPrompt)
#include "tst_attachment_prompt.moc"
