// ui/chat/token_lens_view.h, lens_text.h: the tokens of an answer, what might have stood there, and branches from them.
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/chat/lens_text.h"
#include "ui/chat/token_alternatives.h"
#include "ui/chat/token_lens_view.h"

#include <QAccessible>
#include <QScrollBar>
#include <QTest>

using namespace ui;
using app::TokenLens;
using app::TokenLensWriter;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using test::milliseconds;

namespace {

TokenLens lensOf(const std::vector<std::string> &pieces)
{
    TokenLensWriter writer;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        writer.add({{inference::TokenId(i), pieces[i], 0.5f, true}, {}});
    return app::readTokenLens(writer.bytes({}, {})).value();
}

// "token:from-to" or "token:from-to/part of parts".
QString piecesOf(const LensParagraph &paragraph)
{
    QStringList result;
    for (const LensParagraph::Piece &piece : paragraph.pieces) {
        QString words = QStringLiteral("%1:%2-%3").arg(piece.token).arg(piece.from).arg(piece.to);
        if (piece.parts > 1)
            words += QStringLiteral("/%1 of %2").arg(piece.part).arg(piece.parts);
        result << words;
    }
    return result.join(QStringLiteral(", "));
}

struct Setup
{
    explicit Setup(int width = 1300)
    {
        service.load(QStringLiteral("/models/a.gguf"));
        appearance.setScheme(Scheme::Light);
        panel = std::make_unique<ChatPanel>(service, settings, appearance, folder.path(QStringLiteral("data")));
        panel->sidebarList()->setParent(nullptr);
        panel->resize(width, 800);
        panel->show();
        panel->activateWindow();
        if (!QTest::qWaitForWindowActive(panel.get()) || !QTest::qWaitFor([&] { return service.model().has_value(); }))
            qFatal("no window or no model");
    }
    bool say(FakeAnswer answer)
    {
        script->addAnswer(std::move(answer));
        const int finished = script->finished();
        panel->composer()->edit()->setText(QStringLiteral("Sing"));
        QTest::keyClick(panel->composer()->edit(), Qt::Key_Return);
        return QTest::qWaitFor([&] { return script->finished() > finished && !panel->session()->isBusy(); }, 20000);
    }
    bool saySong()
    {
        return say(FakeAnswer(std::vector<FakePiece>{{"The "}, {"whale ", milliseconds(0), false, 0.3f, {{"fish ", 0.28f}, {"bird ", 0.1f}}}, {"sings", milliseconds(0), false, 0.8f, {{"\n", 0.1f}}}, {"\nof the sea"}}));
    }
    bool open()
    {
        QTest::keyClick(panel.get(), Qt::Key_L, Qt::ControlModifier);
        return QTest::qWaitFor([&] { return lens()->isOpen(); }, 20000);
    }
    TokenLensView *lens() { return panel->lens(); }
    TokenAlternatives *list() { return lens()->alternatives(); }
    Transcript *transcript() { return panel->transcript(); }
    QString content() { return panel->session()->messages()->message(1).content; }
    QString said() { return list()->accessibleName(); }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatPanel> panel;
};

} // namespace

class TestTokenLens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tokensAreTheirCharacters()
    {
        const auto paragraphs = lensParagraphs(lensOf({"A", " whale", "\n\n", "鲸", "s!"}), 0, 5);
        QCOMPARE(paragraphs.size(), 3u);
        QCOMPARE(paragraphs[0].text, QStringLiteral("A whale\u21b5"));
        QCOMPARE(piecesOf(paragraphs[0]), QStringLiteral("0:0-1, 1:1-7, 2:7-8"));
        QCOMPARE(paragraphs[1].text, QStringLiteral("\u21b5"));
        QCOMPARE(piecesOf(paragraphs[1]), QStringLiteral("2:0-1"));
        QCOMPARE(paragraphs[2].text, QStringLiteral("鲸s!"));
        QCOMPARE(piecesOf(paragraphs[2]), QStringLiteral("3:0-1, 4:1-3"));
    }
    void aCharacterOfSeveralTokensBelongsToAll()
    {
        // U+1F40B in three tokens, the last one with a word behind it.
        const auto paragraphs = lensParagraphs(lensOf({"a", "\xf0\x9f", "\x90", "\x8b x", "é"}), 0, 5);
        QCOMPARE(paragraphs.size(), 1u);
        QCOMPARE(paragraphs[0].text, QStringLiteral("a🐋 xé"));
        QCOMPARE(piecesOf(paragraphs[0]), QStringLiteral("0:0-1, 1:1-3/0 of 3, 2:1-3/1 of 3, 3:1-3/2 of 3, 3:3-5, 4:5-6"));
    }
    void whatIsNoTextIsASign()
    {
        const auto paragraphs = lensParagraphs(lensOf({"\xff", "\xe9\xb2", "x", "\u202e", std::string("\0", 1), ""}), 0, 6);
        QCOMPARE(paragraphs.size(), 1u);
        QCOMPARE(paragraphs[0].text, QStringLiteral("\uFFFD\uFFFD\uFFFDx\uFFFD\uFFFD"));
        QCOMPARE(piecesOf(paragraphs[0]).count(QLatin1Char(':')), 5);
        QCOMPARE(lensParagraphs(lensOf({}), 0, 0).size(), 1u);
    }
    void aLongLineIsCutAtATokenOnly()
    {
        std::vector<std::string> pieces(3000, "abcde");
        const auto paragraphs = lensParagraphs(lensOf(pieces), 0, 3000);
        QVERIFY(paragraphs.size() > 2);
        int tokens = 0;
        for (const LensParagraph &paragraph : paragraphs) {
            QVERIFY(paragraph.text.size() % 5 == 0 && paragraph.text.size() < 4010);
            for (const LensParagraph::Piece &piece : paragraph.pieces)
                QCOMPARE(piece.token, tokens++);
        }
        QCOMPARE(tokens, 3000);
    }
    void wordsOfTokens()
    {
        QCOMPARE(tokenWords({0, " whale", true}), QStringLiteral("\u2423whale"));
        QCOMPARE(tokenWords({0, "\n\n", true}), QStringLiteral("\u21b5\u21b5"));
        QCOMPARE(tokenWords({0, "\t", true}), QStringLiteral("\u21e5"));
        QCOMPARE(tokenWords({0, "\xf0\x9f", true}), QStringLiteral("F0 9F"));
        QCOMPARE(tokenWords({0, "\xe2\x80\xae", true}), QStringLiteral("U+202E"));
        QCOMPARE(tokenWords({0, "鲸", true}), QStringLiteral("鲸"));
        QCOMPARE(chanceWords(0.624f), QStringLiteral("62 %"));
        QCOMPARE(chanceWords(0.034f), QStringLiteral("3.4 %"));
        QCOMPARE(chanceWords(0.998f), QStringLiteral("99.8 %"));
        QCOMPARE(chanceWords(1.0f), QStringLiteral("100 %"));
        QCOMPARE(chanceWords(0.0001f), QStringLiteral("<0.1 %"));
        QCOMPARE(chanceWords(0.0f), QStringLiteral("<0.1 %"));
    }

    void theLensOpensAndClosesByKeys()
    {
        Setup s;
        QVERIFY(s.saySong());
        QVERIFY(!s.lens()->isOpen());
        QVERIFY(s.open());
        QVERIFY(s.list()->isVisible());
        QCOMPARE(s.lens()->token(), 0);
        QVERIFY2(s.said().contains(QStringLiteral("Token 1 of 4")), qPrintable(s.said()));
        QVERIFY(s.list()->hasFocus());
        QTest::keyClick(s.list(), Qt::Key_Right);
        QCOMPARE(s.lens()->token(), 1);
        QVERIFY2(s.said().contains(QStringLiteral("whale\u2423")) && s.said().contains(QStringLiteral("30 %")) && s.said().contains(QStringLiteral("unsure")),
                 qPrintable(s.said()));
        QVERIFY(s.list()->accessibleDescription().contains(QStringLiteral("bird")));
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(s.list(), Qt::Key_Right);
        QCOMPARE(s.lens()->token(), 3); // the last one
        QTest::keyClick(s.list(), Qt::Key_Left);
        QCOMPARE(s.lens()->token(), 2);
        QTest::keyClick(s.list(), Qt::Key_Escape);
        QVERIFY(!s.lens()->isOpen());
        QVERIFY(s.list()->isHidden());
        QVERIFY(s.panel->composer()->edit()->hasFocus());
        QVERIFY(s.open());
        s.panel->stop(); // Esc of the window
        QVERIFY(!s.lens()->isOpen());
        QVERIFY(s.open());
        QTest::keyClick(s.panel.get(), Qt::Key_L, Qt::ControlModifier);
        QVERIFY(!s.lens()->isOpen());
        QCOMPARE(s.content(), QStringLiteral("The whale sings\nof the sea"));
    }

    void theButtonInTheRowOpensIt()
    {
        Setup s;
        QVERIFY(s.saySong());
        MessageView &view = s.transcript()->message(1);
        Hot hot;
        const Placed *row = nullptr;
        for (int i = 0; i < view.itemCount(); ++i) {
            for (int x = 0; x < 400 && hot.action != Action::TokenLens; x += 4) {
                hot = view.item(i).item->hotAt(QPointF(x, 12));
                row = &view.item(i);
            }
        }
        QCOMPARE(hot.action, Action::TokenLens);
        QVERIFY(hot.tip.contains(QStringLiteral("Ctrl+L")));
        const QRect message = s.transcript()->messageRect(1);
        const QPoint at = s.transcript()->viewport()->mapFromGlobal(message.topLeft()) + QPoint(row->x, row->y) + hot.rect.center().toPoint();
        QTest::mouseClick(s.transcript()->viewport(), Qt::LeftButton, {}, at);
        QTRY_VERIFY(s.lens()->isOpen());
        QVERIFY(!s.transcript()->message(0).hasLens());
    }

    void thePointerChoosesAToken()
    {
        Setup s;
        QVERIFY(s.saySong() && s.open());
        for (const int token : {2, 3, 0, 1}) {
            const QRect rect = s.transcript()->lensTokenRect(token);
            QVERIFY(!rect.isNull());
            QCOMPARE(s.transcript()->lensTokenAt(rect.center()), token);
            QTest::mouseMove(s.transcript()->viewport(), rect.center());
            QTRY_COMPARE(s.lens()->token(), token);
        }
        QTest::mouseMove(s.transcript()->viewport(), QPoint(5, 5)); // beside the text it stays
        QTest::qWait(20);
        QCOMPARE(s.lens()->token(), 1);
    }

    void theListStandsInTheMarginOrBelowItsLine()
    {
        Setup wide(1300);
        QVERIFY(wide.saySong() && wide.open());
        wide.lens()->setToken(1);
        QRect token = wide.transcript()->lensTokenRect(1);
        QVERIFY(wide.list()->x() > wide.transcript()->column().right());
        QVERIFY(std::abs(wide.list()->y() - token.top()) < 30 || wide.list()->geometry().bottom() >= wide.transcript()->viewport()->height() - 12);
        QVERIFY(wide.list()->geometry().right() < wide.transcript()->viewport()->width());
        const QRect next = wide.transcript()->lensTokenRect(3);

        Setup narrow(880);
        QVERIFY(narrow.saySong() && narrow.open());
        narrow.lens()->setToken(1);
        token = narrow.transcript()->lensTokenRect(1);
        QCOMPARE(narrow.list()->x(), narrow.transcript()->column().left());
        QVERIFY(narrow.list()->y() > token.bottom());
        // It covers no token: those behind it have made room.
        for (int t = 0; t < 4; ++t)
            QVERIFY(!narrow.transcript()->lensTokenRect(t).intersects(narrow.list()->geometry().adjusted(0, 2, 0, -2)));
        Q_UNUSED(next);
        narrow.appearance.setScheme(Scheme::Dark); // the text is made anew, and has room again
        for (int t = 0; t < 4; ++t)
            QVERIFY(!narrow.transcript()->lensTokenRect(t).intersects(narrow.list()->geometry().adjusted(0, 2, 0, -2)));
        // The window becomes wide: it goes into the margin.
        narrow.panel->resize(1300, 800);
        QTRY_VERIFY(narrow.list()->x() > narrow.transcript()->column().right());
    }

    void anAlternativeIsANewBranch()
    {
        Setup s;
        QVERIFY(s.saySong() && s.open());
        s.lens()->setToken(1);
        s.script->addAnswer("flies");
        const auto rows = s.list()->findChildren<QAbstractButton *>();
        QAbstractButton *bird = nullptr;
        for (QAbstractButton *row : rows)
            if (row->isVisible() && row->accessibleName().contains(QStringLiteral("bird")))
                bird = row;
        QVERIFY(bird);
        QVERIFY2(bird->accessibleName() == QStringLiteral("Branch with “bird\u2423”, 10 %"), qPrintable(bird->accessibleName()));
        QTest::mouseClick(bird, Qt::LeftButton);
        QVERIFY(!s.lens()->isOpen());
        QTRY_COMPARE(s.content(), QStringLiteral("The bird flies"));
        QTRY_VERIFY(!s.panel->session()->isBusy());
        QCOMPARE(s.panel->session()->messages()->versionCount(1), 2);
        // By keys: the marked one, or the likeliest.
        QVERIFY(s.open());
        s.lens()->setToken(1);
        QVERIFY(s.said().contains(QStringLiteral("You chose it")));
        s.script->addAnswer("swims");
        QTest::keyClick(s.list(), Qt::Key_Down);
        QTest::keyClick(s.list(), Qt::Key_Down);
        QVERIFY(s.said().contains(QStringLiteral("fish")));
        QTest::keyClick(s.list(), Qt::Key_Return);
        QTRY_COMPARE(s.content(), QStringLiteral("The fish swims"));
    }

    void withoutItsModelItShowsAndDoesNotBranch()
    {
        Setup s;
        QVERIFY(s.saySong());
        s.service.load(QStringLiteral("/models/b.gguf"));
        QVERIFY(QTest::qWaitFor([&] { return s.service.model() && s.service.model()->path == "/models/b.gguf"; }));
        QVERIFY(s.open());
        s.lens()->setToken(1);
        for (QAbstractButton *row : s.list()->findChildren<QAbstractButton *>()) {
            if (row->isVisible()) {
                QVERIFY(!row->isEnabled());
                QVERIFY(row->toolTip().contains(QStringLiteral("Load")));
            }
        }
        QTest::keyClick(s.list(), Qt::Key_Return);
        QVERIFY(s.lens()->isOpen());
        QCOMPARE(s.panel->session()->messages()->versionCount(1), 1);
    }

    void foldedReasoningIsPassedOver()
    {
        Setup s;
        FakeAnswer answer(std::vector<FakePiece>{{"Hmm"}, {"</think>"}, {"Yes"}});
        answer.opensReasoning = true;
        QVERIFY(s.say(answer) && s.open());
        QCOMPARE(s.lens()->token(), 2);
        QTest::keyClick(s.list(), Qt::Key_Left);
        QCOMPARE(s.lens()->token(), 2);
        s.transcript()->message(1).setReasoningUnfolded(true);
        s.transcript()->resize(s.transcript()->size() + QSize(0, 1));
        QTest::keyClick(s.list(), Qt::Key_Left);
        QTest::keyClick(s.list(), Qt::Key_Left);
        QCOMPARE(s.lens()->token(), 0);
    }

    void itClosesWhenTheAnswerIsNotShownAnyMore()
    {
        Setup s;
        QVERIFY(s.saySong() && s.open());
        s.script->addAnswer("another");
        s.panel->retry();
        QTRY_VERIFY(!s.lens()->isOpen());
        QTRY_COMPARE(s.content(), QStringLiteral("another"));
        QTRY_VERIFY(!s.panel->session()->isBusy());
        QVERIFY(s.open());
        s.panel->newItem();
        QVERIFY(!s.lens()->isOpen());
        QVERIFY(s.list()->isHidden());
    }

    void anAnswerWithoutTokensSaysSo()
    {
        Setup s;
        QVERIFY(s.saySong());
        const qint64 id = s.panel->session()->messages()->message(1).id;
        bool saved = false;
        s.panel->store().write({app::SaveLens{id, {}}}, app::Durability::Typed, s.panel.get(), [&](const auto &) { saved = true; });
        QTRY_VERIFY(saved);
        s.panel->toggleLens();
        QTRY_VERIFY(s.panel->notice()->isVisible());
        QVERIFY(!s.lens()->isOpen());
    }

    // A long answer: opening lays it out once, a step only looks at what is near.
    void aLongAnswerOpensAndWalks()
    {
        Setup s;
        std::vector<FakePiece> pieces;
        for (int i = 0; i < 3000; ++i)
            pieces.push_back({i % 40 == 39 ? "end.\n" : "word" + std::to_string(i % 97) + ' '});
        QVERIFY(s.say(FakeAnswer(pieces)) && s.open());
        QVERIFY(s.lens()->token() >= 0);
        for (int i = 0; i < 300; ++i)
            s.lens()->walk(1);
        const QRect rect = s.transcript()->lensTokenRect(s.lens()->token());
        QVERIFY(rect.top() >= 0 && rect.bottom() <= s.transcript()->viewport()->height());
    }
};

QTEST_MAIN(TestTokenLens)
#include "tst_token_lens.moc"
