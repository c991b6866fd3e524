#include "app/chat/hidden_characters.h"
#include "app/chat/link_target.h"

#include <QTest>

using namespace app;

class TestLinkTarget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLinkIsHonestWhenItsWordsNameItsHost_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("opens");
        QTest::addColumn<bool>("honest");
        QTest::newRow("address") << "https://example.org/a?b" << "https://example.org/a?b" << true << true;
        QTest::newRow("host") << "https://example.org/a" << "example.org" << true << true;
        QTest::newRow("www") << "https://www.example.org/" << "example.org" << true << true;
        QTest::newRow("mail") << "mailto:a@example.org" << "a@example.org" << true << true;
        QTest::newRow("words") << "https://example.org/a" << "the page" << true << false;
        QTest::newRow("another host") << "https://evil.example/a" << "paypal.com" << true << false;
        QTest::newRow("another address") << "https://evil.example" << "https://paypal.com" << true << false;
        QTest::newRow("host in front") << "https://paypal.com.evil.example" << "paypal.com" << true << false;
        QTest::newRow("user") << "https://paypal.com@evil.example" << "evil.example" << true << false;
        QTest::newRow("user in words") << "https://evil.example" << "https://evil.example@paypal.com" << true << false;
        QTest::newRow("foreign letters") << QString::fromUtf8("https://p\u0430ypal.com/") << "paypal.com" << true << false;
        QTest::newRow("turned round") << "https://evil.example" << QString::fromUtf8("\u202eelpmaxe.live") << true << false;
        QTest::newRow("another mail") << "mailto:b@example.org" << "a@example.org" << true << false;
        QTest::newRow("file") << "file:///etc/passwd" << "file:///etc/passwd" << false << false;
        QTest::newRow("script") << "javascript:alert(1)" << "javascript:alert(1)" << false << false;
        QTest::newRow("no host") << "https://" << "https://" << false << false;
        QTest::newRow("nothing") << "" << "" << false << false;
    }
    void aLinkIsHonestWhenItsWordsNameItsHost()
    {
        QFETCH(QString, url);
        QFETCH(QString, words);
        const LinkTarget target = linkTarget(url, words);
        QTEST(target.opens, "opens");
        QTEST(target.honest, "honest");
    }

    void theTipBeginsWithTheRealHost()
    {
        QCOMPARE(linkTarget(QStringLiteral("https://a.example/x"), QStringLiteral("b.example")).words, QStringLiteral("a.example\nhttps://a.example/x"));
        QVERIFY(linkTarget(QString::fromUtf8("https://p\u0430ypal.com/"), {}).words.startsWith(QLatin1String("xn--")));
        QVERIFY(linkTarget(QStringLiteral("https://e.org/") + QString(5000, u'a'), {}).words.size() < 400);
    }

    void hiddenCharactersAreFound()
    {
        QCOMPARE(countHidden(u"a\tb\nint x = 1; // \u4e2d\u6587 \u00e9"), 0);
        QCOMPARE(countHidden(u"a\u202eb\u200bc\u00a0d\ufeff"), 4);
        QCOMPARE(countHidden(u"\U000e0041x"), 1); // a tag
        QCOMPARE(visibleForm(QString::fromUtf8("a\u202eb")), QString::fromUtf8("a\u27e8U+202E\u27e9b"));
        QCOMPARE(visibleForm(QStringLiteral("plain")), QStringLiteral("plain"));
    }

    void aLetterCarriesNoEndlessMarks()
    {
        const QString few = QStringLiteral("Vie\u0323\u0302t") + QString(32, QChar(0x301)) + u'x' + QString(32, QChar(0x301));
        QCOMPARE(withPartedMarks(few), few);
        const QString many = withPartedMarks(u'a' + QString(100, QChar(0x301)));
        QCOMPARE(many.size(), 101);
        QCOMPARE(many.count(QChar(0x25cc)), 3);
        QCOMPARE(many.indexOf(QChar(0x25cc)), 33);
        // beyond the first plane as well, without half a pair
        QString wide = QStringLiteral("a");
        for (int i = 0; i < 33; ++i)
            wide += QStringLiteral("\U0001d165");
        QCOMPARE(withPartedMarks(wide), wide.chopped(2) + QString(2, QChar(0x25cc)));
    }
};

QTEST_APPLESS_MAIN(TestLinkTarget)
#include "tst_link_target.moc"
