// The Translate panel on a scripted engine: typing, level rows, states, files.
#include "ui/translate/translate_panel.h"

#include "tests/support/fake_engine.h"
#include "ui/translate/row_remark.h"
#include "ui/widgets/composing.h"

#include <QApplication>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>
#include <QInputMethodEvent>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPaintEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QTimer>

using namespace app::translate;
using namespace ui;
using app::InferenceService;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using test::milliseconds;

namespace {

QString sentText(const inference::GenerationRequest &request)
{
    const QString message =
        QString::fromStdString(std::get<inference::ChatInput>(request.input).messages.back().content);
    const qsizetype from = message.indexOf(u'\n', message.indexOf(u'\n') + 1) + 1; // below job and delimiter
    return message.mid(from, message.lastIndexOf(u'\n') - from);
}

const QString kEnglish = u"The warranty covers parts and labour for two years."_qs;
const QString kGerman = u"Die Garantie umfasst Teile und Arbeitszeit für zwei Jahre."_qs;

struct Setup
{
    QTemporaryDir folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    InferenceService service{std::make_unique<FakeEngine>(script)};
    app::Settings settings{folder.filePath(u"settings.ini"_qs)};
    Appearance appearance{settings};
    std::unique_ptr<TranslatePanel> panel;

    explicit Setup(bool model = true, const QSize &size = QSize(1100, 700))
    {
        appearance.setScheme(Scheme::Light);
        if (model) {
            service.load(u"/models/fake.gguf"_qs);
            (void)QTest::qWaitFor([this] { return service.state() == InferenceService::State::Ready; });
        }
        panel = std::make_unique<TranslatePanel>(service, settings, appearance, folder.filePath(u"data"_qs));
        panel->resize(size);
        panel->show();
        (void)QTest::qWaitForWindowExposed(panel.get());
        session().setTarget(*findLanguage(u"de"));
        script->setDefaultAnswer([](const inference::GenerationRequest &request) {
            return FakeAnswer(
                (sentText(request) == kEnglish ? kGerman : u"Und das hier ist der deutsche Satz dazu."_qs)
                    .toStdString());
        });
    }
    TranslateSession &session() { return panel->session(); }
    SegmentTable &table() { return panel->table(); }
    RowEdit &source() { return panel->table().source(); }
    RowEdit &target() { return panel->table().target(); }
    bool finish()
    {
        return QTest::qWaitFor([this] { return session().state() == TranslateSession::State::Finished; },
                               10000);
    }
    void type(const QString &text)
    {
        source().setFocus();
        QInputMethodEvent event(QString(), {});
        event.setCommitString(text);
        QCoreApplication::sendEvent(&source(), &event);
    }
    TextButton *button(const QString &text)
    {
        const auto buttons = panel->findChildren<TextButton *>();
        for (TextButton *button : buttons) {
            if (button->text() == text && button->isVisibleTo(panel.get()))
                return button;
        }
        return nullptr;
    }
    // Every row: both sides begin at the same height, and no text reaches into the next row.
    void checkLevel()
    {
        const RowMetrics &metrics = table().metrics();
        for (int row = 0; row < metrics.size(); ++row) {
            for (RowEdit *edit : {&source(), &target()}) {
                const RowLayout &rows = edit->rows();
                double bottom = 0;
                for (int b = rows.firstBlock(row); b < rows.endBlock(row); ++b) {
                    const QRectF rect = rows.blockBoundingRect(edit->document()->findBlockByNumber(b));
                    if (b == rows.firstBlock(row))
                        QCOMPARE(int(rect.top()), metrics.top(row) + RowMetrics::kPadding);
                    bottom = rect.bottom();
                }
                QVERIFY(bottom <= metrics.top(row) + metrics.height(row));
            }
        }
    }
};

// Where the rows ended when the rule between the sides was painted last.
class RuleWatcher : public QObject
{
public:
    explicit RuleWatcher(SegmentTable &table) : m_table(table) { table.installEventFilter(this); }
    int bottom = 0;

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint &&
            static_cast<QPaintEvent *>(event)->region().contains(QPoint((m_table.width() - 1) / 2, 10)))
            bottom = m_table.metrics().total();
        return false;
    }

private:
    SegmentTable &m_table;
};

} // namespace

class TestTranslatePanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void typedTextIsTranslatedBesideIt()
    {
        Setup setup;
        setup.type(kEnglish + u"\n\n"_qs + u"This is the second paragraph of the text."_qs);
        QCOMPARE(setup.session().state(), TranslateSession::State::Typing);
        QVERIFY(setup.finish());
        QCOMPARE(setup.table().metrics().size(), 2);
        QCOMPARE(setup.target().exactText(), kGerman + u"\nUnd das hier ist der deutsche Satz dazu."_qs);
        setup.checkLevel();
    }

    void longRowsStayLevel()
    {
        Setup setup;
        setup.script->setDefaultAnswer([](const inference::GenerationRequest &request) {
            const QString text = sentText(request);
            return FakeAnswer(
                (u"Ein deutscher Satz mit vielen Wörtern. "_qs.repeated(text.size() / 30)).toStdString());
        });
        QString text;
        for (int i = 1; i < 12; ++i)
            text += u"This sentence number %1 is here. "_qs.arg(i).repeated(i) +
                    (i % 3 ? u"\n"_qs : u"\n\n\n"_qs);
        setup.type(text);
        QVERIFY(setup.finish());
        QCOMPARE(setup.table().metrics().size(), 11);
        setup.checkLevel();
        setup.panel->resize(700, 600); // other widths, other heights
        QCoreApplication::processEvents();
        setup.checkLevel();
    }

    void editingKeepsTheOtherRows()
    {
        Setup setup;
        setup.type(kEnglish + u"\nThis is the second line here.\nThis is the third line here."_qs);
        QVERIFY(setup.finish());
        const auto asked = setup.script->requests().size();
        QTextCursor cursor(setup.source().document()->findBlockByNumber(1));
        cursor.movePosition(QTextCursor::EndOfBlock);
        setup.source().setTextCursor(cursor);
        QTest::keyClick(&setup.source(), Qt::Key_Return);
        setup.type(u"A line between them is new."_qs);
        QCOMPARE(setup.table().metrics().size(), 4);
        QVERIFY(setup.target().exactText().startsWith(kGerman));
        setup.checkLevel();
        QVERIFY(setup.finish());
        QCOMPARE(setup.script->requests().size(), asked + 1);
        setup.checkLevel();
        // Undo brings the former text back, and its translations with it.
        while (setup.source().document()->isUndoAvailable() && setup.table().metrics().size() > 3)
            setup.source().undo();
        QCOMPARE(setup.session().state(), TranslateSession::State::Finished);
        QCOMPARE(setup.script->requests().size(), asked + 1);
    }

    void streamedTextCanBeSelectedWhileItGrows()
    {
        Setup setup;
        setup.script->addAnswer(
            FakeAnswer(std::vector<FakePiece>{{"Die Garantie umfasst ", milliseconds(0), false},
                                              {"Teile und Arbeitszeit.", milliseconds(0), true}}));
        setup.type(kEnglish);
        setup.session().translateNow();
        QTRY_COMPARE(setup.target().exactText(), u"Die Garantie umfasst "_qs);
        QTextCursor cursor(setup.target().document());
        cursor.setPosition(4);
        cursor.setPosition(12, QTextCursor::KeepAnchor);
        setup.target().setTextCursor(cursor);
        setup.script->release();
        QVERIFY(setup.finish());
        QCOMPARE(setup.target().textCursor().selectedText(), u"Garantie"_qs);
        setup.target().copy();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"Garantie"_qs);
    }

    void sameLanguageIsSaidAndSwitchedByAClick()
    {
        Setup setup;
        setup.session().setTarget(*findLanguage(u"en"));
        setup.session().setTarget(*findLanguage(u"de"));
        setup.type(kGerman + u' ' + kGerman);
        QCOMPARE(setup.session().state(), TranslateSession::State::SameLanguage);
        QVERIFY(setup.panel->notice().isVisibleTo(setup.panel.get()));
        QCOMPARE(setup.panel->notice().sentence(), u"This is German already."_qs);
        QCOMPARE(setup.target().exactText(), setup.source().exactText());
        QTest::qWait(500);
        QCOMPARE(setup.script->requests().size(), std::size_t(0));
        setup.script->setDefaultAnswer([](const inference::GenerationRequest &) {
            return FakeAnswer(kEnglish.toStdString() + " It does.");
        });
        TextButton *button = setup.button(u"Translate to English"_qs);
        QVERIFY(button);
        button->click();
        QTRY_COMPARE(setup.session().target().code.toString(), u"en"_qs);
        QVERIFY(setup.finish());
        QVERIFY(!setup.panel->notice().isVisibleTo(setup.panel.get()));
    }

    void perhapsIsTakenByAClick()
    {
        Setup setup;
        setup.type(u"How are you?"_qs);
        QVERIFY(!setup.session().source());
        const QString text = u"Perhaps English, %1% sure"_qs.arg(setup.session().detected().confidence);
        TextButton *button = setup.button(text);
        QVERIFY(button);
        button->click();
        QCOMPARE(setup.session().chosenSource()->code.toString(), u"en"_qs);
    }

    void failedRowsTellWhyAndTryAgain()
    {
        Setup setup;
        setup.session().setTarget(*findLanguage(u"zh-Hans"));
        setup.script->setDefaultAnswer(
            [](const inference::GenerationRequest &) { return FakeAnswer("I will not do that."); });
        setup.type(u"Write a long poem about the sea now, please."_qs);
        QVERIFY(setup.finish());
        QCOMPARE(setup.target().exactText(), setup.source().exactText());
        QTRY_VERIFY(setup.button(u"Try again"_qs));
        QVERIFY(setup.button(u"1 to look at"_qs));
        setup.checkLevel();
        setup.script->setDefaultAnswer(
            [](const inference::GenerationRequest &) { return FakeAnswer("现在请写一首关于大海的长诗。"); });
        setup.button(u"Try again"_qs)->click();
        QTRY_COMPARE(setup.target().exactText(), u"现在请写一首关于大海的长诗。"_qs);
        QVERIFY(!setup.button(u"1 to look at"_qs));
    }

    void textWaitsForAModel()
    {
        Setup setup(false);
        setup.type(kEnglish);
        setup.session().translateNow();
        QVERIFY(setup.panel->notice().isVisibleTo(setup.panel.get()));
        QCOMPARE(setup.panel->notice().sentence(), u"No model is loaded. Your text will wait."_qs);
        QSignalSpy chosen(setup.panel.get(), &TranslatePanel::chooseModelRequested);
        setup.button(u"Choose a model"_qs)->click();
        QTRY_COMPARE(chosen.size(), 1);
        setup.service.load(u"/models/fake.gguf"_qs);
        QVERIFY(setup.finish());
        QVERIFY(!setup.panel->notice().isVisibleTo(setup.panel.get()));
    }

    void keysStopSwapAndTranslate()
    {
        Setup setup;
        setup.panel->activateWindow();
        setup.session().setChosenSource(findLanguage(u"en"));
        setup.script->addAnswer(FakeAnswer(
            std::vector<FakePiece>{{"Die ", milliseconds(0), false}, {"Garantie.", milliseconds(0), true}}));
        setup.type(kEnglish);
        QTest::keyClick(&setup.source(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(setup.session().state(), TranslateSession::State::Working);
        QTRY_COMPARE(setup.target().exactText(), u"Die "_qs);
        QVERIFY(setup.button(u"Stop"_qs));
        setup.panel->stop();
        QCOMPARE(setup.session().state(), TranslateSession::State::Stopped);
        QCOMPARE(setup.target().exactText(), u"Die "_qs);
        QTest::keyClick(&setup.source(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(setup.finish());
        QTest::keyClick(&setup.source(), Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(setup.source().exactText(), kGerman);
        QCOMPARE(setup.session().target().code.toString(), u"en"_qs);
    }

    void composingIsNotTranslated()
    {
        Setup setup;
        setup.session().setTarget(*findLanguage(u"en"));
        setup.source().setFocus();
        QInputMethodEvent compose(u"ni'hao"_qs, {});
        QCoreApplication::sendEvent(&setup.source(), &compose);
        QVERIFY(isComposing(&setup.source()));
        QTest::qWait(500);
        QCOMPARE(setup.script->requests().size(), std::size_t(0));
        QCOMPARE(setup.session().sourceText(), QString());
        QTest::keyClick(&setup.source(), Qt::Key_Return);
        QCOMPARE(setup.source().exactText(), QString());
        setup.type(u"你好"_qs);
        QVERIFY(!isComposing(&setup.source()));
        QCOMPARE(setup.session().sourceText(), u"你好"_qs);
    }

    void rightToLeftTargetStandsRight()
    {
        Setup setup;
        setup.session().setTarget(*findLanguage(u"ar"));
        setup.script->setDefaultAnswer(
            [](const inference::GenerationRequest &) { return FakeAnswer("يغطي الضمان قطع الغيار."); });
        setup.type(kEnglish);
        QVERIFY(setup.finish());
        const QTextBlock block = setup.target().document()->firstBlock();
        setup.target().rows().blockBoundingRect(block);
        const QTextLine line = block.layout()->lineAt(0);
        const double right = line.naturalTextRect().right();
        QVERIFY2(std::abs(right - (setup.target().viewport()->width() - 20)) < 3,
                 qPrintable(QString::number(right)));
    }

    void opensFilesAndKeepsTheirForm()
    {
        Setup setup;
        const QString path = setup.folder.filePath(u"notes.en.md"_qs);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("\xEF\xBB\xBF# " + kEnglish.toUtf8() + "\r\n\r\n- 42\r\n");
        file.close();
        QVERIFY(setup.panel->acceptsFile(path));
        QVERIFY(!setup.panel->acceptsFile(u"/tmp/a.pdf"_qs));
        setup.panel->openFile(path);
        QVERIFY(setup.finish());
        const QString saved = setup.folder.filePath(u"out.md"_qs);
        QVERIFY(setup.panel->saveTo(saved, false));
        QFile written(saved);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll(), "\xEF\xBB\xBF# " + kGerman.toUtf8() + "\r\n\r\n- 42\r\n");
        QVERIFY(!setup.panel->saveTo(path, false)); // never over a file unasked
        // An edit keeps the line ends of the file.
        QTextCursor cursor(setup.source().document());
        cursor.movePosition(QTextCursor::End);
        cursor.insertText(u"\nThe last line is new."_qs);
        QCOMPARE(setup.session().sourceText(),
                 u"# "_qs + kEnglish + u"\r\n\r\n- 42\r\n\r\nThe last line is new."_qs);
    }

    void refusedFilesAreExplained_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("says");
        QTest::newRow("large") << u"large.txt"_qs << QByteArray(6 * 1024 * 1024, 'x') << u"5 MiB"_qs;
        QTest::newRow("binary") << u"b.txt"_qs << QByteArray("a\0b", 3) << u"no text file"_qs;
        QTest::newRow("invalid bytes") << u"i.txt"_qs << QByteArray("caf\xE9 au lait") << u"no valid text"_qs;
        QTest::newRow("other kind") << u"a.pdf"_qs << QByteArray("%PDF") << u"txt and md"_qs;
    }
    void refusedFilesAreExplained()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(QString, says);
        Setup setup;
        setup.type(u"Kept."_qs);
        QFile file(setup.folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file.fileName())});
        // Qt delivers a drop only to the widget that a drag has entered.
        QDragEnterEvent enter(QPoint(200, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(setup.panel.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(200, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(setup.panel.get(), &drop);
        QVERIFY2(setup.panel->notice().sentence().contains(says),
                 qPrintable(setup.panel->notice().sentence()));
        if (name != u"i.txt"_qs)
            QCOMPARE(setup.source().exactText(), u"Kept."_qs);
    }

    // The last line break was once taken for the document's own end.
    void lineBreaksAtTheEndAreKept()
    {
        for (const QString &text : {u"One line.\n"_qs, u"One line.\n\n"_qs, u"\n"_qs}) {
            Setup setup(false);
            setup.source().insertPlainText(text);
            QCOMPARE(setup.source().exactText(), text);
            QCOMPARE(setup.session().sourceText(), text);
        }
    }

    void newTextCanBeUndone()
    {
        Setup setup;
        setup.type(kEnglish);
        setup.panel->newItem();
        QCOMPARE(setup.source().exactText(), QString());
        QCOMPARE(setup.session().state(), TranslateSession::State::Empty);
        setup.source().undo();
        QCOMPARE(setup.session().sourceText(), kEnglish);
    }

    void badgeAndStatusWhileWorking()
    {
        Setup setup;
        QSignalSpy badge(setup.panel.get(), &Panel::countBadge);
        QSignalSpy status(setup.panel.get(), &Panel::statusChanged);
        setup.type(kEnglish + u"\nThis is the second line here."_qs);
        QVERIFY(setup.finish());
        bool saw = false;
        for (const auto &arguments : badge)
            saw = saw || arguments[0].toString() == u"1/2"_qs;
        QVERIFY(saw);
        QCOMPARE(badge.last()[0].toString(), QString());
        QCOMPARE(status.last()[0].toString(), QString());
    }

    // A long text does not hold the window up, and scrolling makes estimated rows exact without losing the
    // level.
    void longTextIsPastedQuickly()
    {
        Setup setup(false);
        QString text;
        for (int i = 0; i < 6000; ++i)
            text += u"This is line number %1 of a long text that is pasted in one piece. "_qs.arg(i).repeated(
                        1 + i % 4) +
                    u"\n"_qs;
        QElapsedTimer timer;
        timer.start();
        setup.source().setFocus();
        setup.source().insertPlainText(text);
        const qint64 paste = timer.elapsed();
        qInfo("pasted %lld letters in %lld ms", (long long)text.size(), (long long)paste);
        QVERIFY(paste < 5000);
        QCOMPARE(setup.session().sourceText(), text);
        QScrollBar *bar = setup.source().verticalScrollBar();
        for (const int share : {30, 90, 50, 100}) {
            bar->setValue(bar->maximum() * share / 100);
            setup.panel->grab();
            QCOMPARE(setup.target().verticalScrollBar()->value(), bar->value());
        }
        setup.checkLevel();
    }

    void manyBlankLinesDoNotHang()
    {
        Setup setup(false);
        setup.source().insertPlainText(u"a\n"_qs + QString(20000, u'\n') + u"b"_qs);
        setup.panel->grab();
        QCOMPARE(setup.table().metrics().size(), 2);
    }

    void aLanguageIsFoundInTheMenuByTyping()
    {
        Setup setup;
        QTimer::singleShot(200, setup.panel.get(), [] {
            QWidget *menu = QApplication::activePopupWidget();
            if (!menu)
                return;
            QTest::keyClicks(menu, u"jap"_qs);
            QTest::keyClick(menu, Qt::Key_Return);
            menu->close(); // when Return chose nothing
        });
        QTest::mouseClick(&setup.panel->languageBar().targetButton(), Qt::LeftButton);
        QTRY_COMPARE(setup.session().target().code, QStringView(u"ja"));
    }

    void aRemarkHasTheColourOfItsKind()
    {
        Setup setup;
        setup.script->setDefaultAnswer([](const inference::GenerationRequest &) {
            return FakeAnswer(u"Die Garantie umfasst Teile und Arbeitszeit."_qs.toStdString());
        });
        setup.type(u"The warranty covers parts and labour for 63 months."_qs);
        QVERIFY(setup.finish());
        const auto *remark = setup.panel->findChild<RowRemark *>();
        QVERIFY(remark);
        const auto *words = remark->findChild<QLabel *>();
        QVERIFY(words->text().contains(u"63"_qs));
        QCOMPARE(words->palette().color(words->foregroundRole()), setup.appearance.theme().warn);
    }

    void waitingBehindAnotherRequestIsSaid()
    {
        Setup setup;
        setup.script->addAnswer(
            FakeAnswer({{"words ", milliseconds(0), false}, {"more", milliseconds(0), true}}));
        inference::GenerationRequest chat;
        chat.input = inference::ChatInput{{{"user", "hello"}}, inference::Thinking::ModelDefault};
        setup.service.generate(chat, app::Priority::Chat, this);
        QTRY_VERIFY(setup.script->holding());
        QSignalSpy status(setup.panel.get(), &Panel::statusChanged);
        setup.type(kEnglish);
        QTRY_VERIFY(setup.session().isQueued());
        QCOMPARE(status.last().first().toString(), u"Translation waits for another request"_qs);
        setup.script->release();
        QTRY_VERIFY(!setup.session().isQueued());
        QVERIFY(setup.finish());
        QCOMPARE(status.last().first().toString(), QString());
        QCOMPARE(status.last().at(1).toString(), u"50.0 tok/s"_qs);
    }

    // A remark makes its row higher, and nothing else is painted then.
    void theRuleBetweenTheSidesGrowsWithARemark()
    {
        Setup setup;
        setup.script->setDefaultAnswer([](const inference::GenerationRequest &) {
            return FakeAnswer(u"Die Garantie umfasst Teile und Arbeitszeit."_qs.toStdString());
        });
        RuleWatcher watcher(setup.table());
        setup.type(u"The warranty covers parts and labour for 63 months."_qs);
        QVERIFY(setup.finish());
        QVERIFY(setup.panel->findChild<RowRemark *>());
        QTRY_COMPARE(watcher.bottom, setup.table().metrics().total());
    }
};

QTEST_MAIN(TestTranslatePanel)
#include "tst_translate_panel.moc"
