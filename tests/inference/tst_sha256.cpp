// inference/sha256.h against the examples of FIPS 180-2 and other published ones.
#include "inference/sha256.h"

#include <QTest>

#include <string>

using namespace inference;

class TestSha256 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesThePublishedDigests_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("digest");
        QTest::newRow("nothing") << QByteArray()
                                 << QByteArray(
                                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        QTest::newRow("abc") << QByteArray("abc")
                             << QByteArray(
                                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        QTest::newRow("two blocks")
            << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
            << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        QTest::newRow("a million a")
            << QByteArray(1000000, 'a')
            << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
    void givesThePublishedDigests()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, digest);
        const std::string bytes = text.toStdString();
        QCOMPARE(hexadecimal(Sha256().add(bytes).finish()), digest.toStdString());
        QCOMPARE(hexadecimal(Sha256().add(bytes).finish(), 4), digest.left(8).toStdString());
    }
    void piecesGiveWhatTheWholeGives()
    {
        std::string text(300, '\0');
        for (std::size_t i = 0; i < text.size(); ++i)
            text[i] = char(i * 7);
        for (std::size_t size = 0; size < text.size(); size += 13) {
            const std::string whole = hexadecimal(Sha256().add(text.substr(0, size)).finish());
            for (std::size_t piece = 1; piece < 140; piece += 17) {
                Sha256 hash;
                for (std::size_t at = 0; at < size; at += piece)
                    hash.add(text.substr(at, std::min(piece, size - at)));
                QCOMPARE(hexadecimal(hash.finish()), whole);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestSha256)
#include "tst_sha256.moc"
