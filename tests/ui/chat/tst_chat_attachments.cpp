// Attachments in the window: pastes and files become chips, chips are removed, opened, sent and seen in the bubble.
#include "tests/support/fake_engine.h"
#include "tests/support/office_files.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/attachment_dialog.h"
#include "ui/chat/attachment_strip.h"
#include "ui/chat/attachment_words.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/chat/context_bar.h"
#include "ui/chat/queue_bar.h"

#include <QClipboard>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QImage>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QMimeData>
#include <QTest>
#include <QUrl>

#include <ctime>

using namespace ui;
using test::EngineScript;
using test::FakeEngine;

namespace {

struct Setup
{
    explicit Setup(int context = 100'000)
    {
        test::FakeLoad load;
        load.summary = FakeEngine::defaultSummary("/models/a.gguf");
        load.summary->contextLength = quint32(context);
        script->addLoad(load);
        service.load(QStringLiteral("/models/a.gguf"));
        appearance.setScheme(Scheme::Light);
        open();
    }
    void open()
    {
        panel.reset();
        panel = std::make_unique<ChatPanel>(service, settings, appearance, folder.path(QStringLiteral("data")));
        panel->sidebarList()->setParent(nullptr);
        panel->resize(1100, 800);
        panel->show();
        panel->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(panel.get()));
        panel->focusInput();
    }
    bool ready()
    {
        return QTest::qWaitFor([&] { return service.model().has_value() && panel->session()->state() == app::ChatSession::State::Idle; });
    }
    bool answered(int count)
    {
        return QTest::qWaitFor([&] { return script->finished() >= count && !panel->session()->isBusy(); }, 20000);
    }
    bool attached(int count)
    {
        return QTest::qWaitFor([&] { return panel->session()->draftAttachments().size() == count; }, 60000);
    }
    bool saved()
    {
        return QTest::qWaitFor([&] { return panel->store().saveState() == app::ChatStore::SaveState::Saved; });
    }
    void paste(QMimeData *mime)
    {
        QGuiApplication::clipboard()->setMimeData(mime);
        QTest::keyClick(edit(), Qt::Key_V, Qt::ControlModifier);
    }
    void pasteText(const QString &text)
    {
        auto *mime = new QMimeData;
        mime->setText(text);
        paste(mime);
    }
    void drop(const QMimeData &mime)
    {
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(edit()->viewport(), &enter);
        QDropEvent event(QPointF(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(edit()->viewport(), &event);
    }
    void say(const QString &text)
    {
        edit()->setText(text);
        QTest::keyClick(edit(), Qt::Key_Return);
    }
    PlainEdit *edit() { return panel->composer()->edit(); }
    AttachmentStrip *strip() { return panel->composer()->attachments(); }
    QStringList names()
    {
        QStringList all;
        for (const auto &one : panel->session()->draftAttachments())
            all << one.name;
        return all;
    }
    QString lastQuestion()
    {
        const auto requests = script->requests();
        return requests.empty() ? QString() : QString::fromStdString(std::get<inference::ChatInput>(requests.back().input).messages.back().content);
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatPanel> panel;
};

// What this thread computed; a busy machine does not change it.
qint64 threadMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return qint64(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

QString megabytes(int count)
{
    const QString line = QStringLiteral("The whale swims through the cold water and filters krill, 鲸须过滤。\n");
    return line.repeated(count * 1'000'000 / int(line.toUtf8().size()) + 1);
}

} // namespace

class TestChatAttachments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPasteOfFiveMegabytesMakesNoPause()
    {
        Setup s;
        QVERIFY(s.ready());
        const QString text = megabytes(5);
        auto *mime = new QMimeData;
        mime->setText(text);
        QGuiApplication::clipboard()->setMimeData(mime);
        s.edit()->setText(QStringLiteral("before "));
        QCoreApplication::processEvents();
        const qint64 before = threadMs();
        QTest::keyClick(s.edit(), Qt::Key_V, Qt::ControlModifier);
        const qint64 pasted = threadMs() - before;
        QCOMPARE(s.strip()->count(), 1); // at once, as one that is being read
        QVERIFY(s.attached(1));
        const qint64 whole = threadMs() - before;
        qInfo("paste of 5 MB: %lld ms in the window's thread, %lld until it is attached", pasted, whole);
        if (!test::kSanitized) {
            QVERIFY2(pasted < 50, qPrintable(QString::number(pasted)));
            QVERIFY2(whole < 150, qPrintable(QString::number(whole))); // with a picture of the window or two
        }
        QCOMPARE(s.edit()->text(), QStringLiteral("before "));
        QCOMPARE(s.panel->session()->draftAttachments()[0].text, text);
        QCOMPARE(s.names(), QStringList{QStringLiteral("Pasted text")});
        QVERIFY(attachmentSize(s.panel->session()->draftAttachments()[0]).startsWith(QStringLiteral("5.0 MB")));
        // Typing goes on as before.
        const qint64 typing = threadMs();
        QTest::keyClicks(s.edit(), QStringLiteral("words"));
        if (!test::kSanitized)
            QVERIFY2(threadMs() - typing < 200, qPrintable(QString::number(threadMs() - typing)));
        QVERIFY(s.saved());
        s.open();
        QVERIFY(s.attached(1));
        QCOMPARE(s.panel->session()->draftAttachments()[0].text, text);
    }

    void theBoundOfAPaste()
    {
        Setup s;
        QVERIFY(s.ready());
        s.pasteText(QString(8000, QLatin1Char('a')));
        QCOMPARE(s.edit()->text().size(), qsizetype(8000));
        s.edit()->setText(QString());
        s.pasteText(QStringLiteral("x\n").repeated(200));
        QCOMPARE(s.edit()->text().count(QLatin1Char('\n')), qsizetype(200));
        s.edit()->setText(QString());
        s.pasteText(QString(8001, QLatin1Char('a')));
        s.pasteText(QStringLiteral("x\n").repeated(201));
        QVERIFY(s.attached(2));
        QCOMPARE(s.edit()->text(), QString());
        auto *mime = new QMimeData; // dropped words take the same road
        mime->setText(QString(9000, QLatin1Char('b')));
        s.drop(*mime);
        delete mime;
        QVERIFY(s.attached(3));
    }

    void filesComeByClipboardAndDrop()
    {
        Setup s;
        QVERIFY(s.ready());
        const QString a = s.folder.write(QStringLiteral("一.txt"), "one"), b = s.folder.write(QStringLiteral("b.docx"), test::docxOf(test::paragraph(QStringLiteral("two"))));
        auto *copied = new QMimeData;
        copied->setUrls({QUrl::fromLocalFile(a), QUrl::fromLocalFile(b)});
        copied->setText(a + QLatin1Char('\n') + b); // as file managers do
        s.paste(copied);
        QVERIFY(s.attached(2));
        QCOMPARE(s.edit()->text(), QString());
        QMimeData dropped;
        dropped.setUrls({QUrl::fromLocalFile(s.folder.write(QStringLiteral("c.pdf"), test::pdfOf({QStringLiteral("three")})))});
        s.drop(dropped);
        QVERIFY(s.attached(3));
        QStringList names = s.names();
        names.sort();
        QCOMPARE(names, QStringList({QStringLiteral("b.docx"), QStringLiteral("c.pdf"), QStringLiteral("一.txt")}));
        s.script->addAnswer("three files");
        s.say(QStringLiteral("what are they?"));
        QVERIFY(s.answered(1));
        QCOMPARE(s.lastQuestion().count(QLatin1String("[file name]: ")), qsizetype(3));
        QVERIFY(s.lastQuestion().endsWith(QStringLiteral("[file content end]\nwhat are they?")));
        QVERIFY(s.strip()->isEmpty() && s.strip()->isHidden());
    }

    void whatIsSentWhileItIsReadGoesWithIt()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer("yes");
        s.panel->openFile(s.folder.write(QStringLiteral("a.txt"), "the file"));
        s.say(QStringLiteral("read it"));
        QVERIFY(s.answered(1));
        QVERIFY(s.lastQuestion().startsWith(QStringLiteral("[file name]: a.txt\n[file content begin]\nthe file")));
        QCOMPARE(s.edit()->text(), QString());
    }

    void aRefusedFileIsASentenceAndHoldsTheMessage()
    {
        Setup s;
        QVERIFY(s.ready());
        s.panel->attachFiles({s.folder.write(QStringLiteral("cat.png"), QByteArray("\x89PNG\r\n\x1a\n\0", 9)), s.folder.path(QStringLiteral("gone.txt"))});
        QVERIFY(QTest::qWaitFor([&] { return s.strip()->findChildren<QAbstractButton *>().size() == 3; }, 30000)); // two crosses, one Try again
        QCOMPARE(s.strip()->count(), 2);
        s.say(QStringLiteral("what is on it?"));
        QCOMPARE(s.script->requests().size(), std::size_t(0));
        QCOMPARE(s.edit()->text(), QStringLiteral("what is on it?"));
        // The one that was missing is there now.
        s.folder.write(QStringLiteral("gone.txt"), "back");
        for (TextButton *button : s.strip()->findChildren<TextButton *>())
            QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(s.attached(1));
        for (IconButton *cross : s.strip()->findChildren<IconButton *>())
            if (cross->accessibleName() == QLatin1String("Take the note away"))
                QTest::mouseClick(cross, Qt::LeftButton);
        QTRY_COMPARE(s.strip()->count(), 1);
        s.script->addAnswer("a cat");
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QVERIFY(s.answered(1));
        QVERIFY(s.lastQuestion().contains(QLatin1String("gone.txt")));
    }

    void aPastedPictureIsRefused()
    {
        Setup s;
        QVERIFY(s.ready());
        auto *mime = new QMimeData;
        mime->setImageData(QImage(4, 4, QImage::Format_RGB32));
        s.paste(mime);
        QCOMPARE(s.strip()->count(), 1);
        QCOMPARE(s.strip()->findChild<QLabel *>()->text(), QStringLiteral("What was pasted is a picture. The model reads text only."));
        QCOMPARE(s.edit()->text(), QString());
    }

    void chipsAreUsedByKeys()
    {
        Setup s;
        QVERIFY(s.ready());
        for (const char *name : {"a", "b", "c"}) {
            s.panel->openFile(s.folder.write(QString::fromLatin1(name) + QStringLiteral(".txt"), name));
            QVERIFY(QTest::qWaitFor([&] { return !s.names().isEmpty() && s.names().last().startsWith(QLatin1String(name)); }, 30000));
        }
        s.strip()->chip(1)->setFocus(Qt::TabFocusReason);
        QTest::keyClick(s.strip()->chip(1), Qt::Key_Delete);
        QCOMPARE(s.names(), QStringList({QStringLiteral("a.txt"), QStringLiteral("c.txt")}));
        QVERIFY(s.strip()->chip(1)->hasFocus());
        QTest::keyClick(s.strip()->chip(1), Qt::Key_Left);
        QVERIFY(s.strip()->chip(0)->hasFocus());
        QTest::keyClick(s.strip()->chip(0), Qt::Key_Return);
        auto *dialog = s.panel->findChild<AttachmentDialog *>();
        QVERIFY(dialog && dialog->isVisible());
        QCOMPARE(dialog->view()->model()->index(0, 0).data().toString(), QStringLiteral("a"));
        dialog->reject();
        QTest::keyClick(s.strip()->chip(0), Qt::Key_Backspace);
        QTest::keyClick(s.strip()->chip(0), Qt::Key_Delete);
        QVERIFY(s.names().isEmpty());
        QVERIFY(s.edit()->hasFocus());
        // By the mouse.
        s.pasteText(QString(9000, QLatin1Char('b')));
        QVERIFY(s.attached(1));
        QTest::mouseClick(s.strip()->chip(0)->findChild<IconButton *>(), Qt::LeftButton);
        QVERIFY(s.names().isEmpty());
    }

    void chipsSayTheirTokens()
    {
        Setup s;
        QVERIFY(s.ready());
        s.panel->openFile(s.folder.write(QStringLiteral("a.txt"), "one two three"));
        QVERIFY(s.attached(1));
        QVERIFY(QTest::qWaitFor([&] { return s.strip()->chip(0)->accessibleName().contains(QLatin1String("token")); }));
    }

    void putIntoTheMessage()
    {
        Setup s;
        QVERIFY(s.ready());
        s.panel->openFile(s.folder.write(QStringLiteral("a.py"), "print('```')\n"));
        QVERIFY(s.attached(1));
        const auto menu = [&]() -> QMenu * {
            QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(2, 2), s.strip()->chip(0)->mapToGlobal(QPoint(2, 2)));
            QCoreApplication::sendEvent(s.strip()->chip(0), &event);
            const auto all = s.panel->findChildren<QMenu *>(QString(), Qt::FindDirectChildrenOnly);
            return all.isEmpty() ? nullptr : all.last();
        };
        QMenu *first = menu();
        QVERIFY(first);
        QCOMPARE(first->actions().value(1)->text(), QStringLiteral("Put into the message"));
        first->actions().value(1)->trigger();
        first->close();
        QCOMPARE(s.edit()->text(), QStringLiteral("a.py:\n````py\nprint('```')\n````\n"));
        QVERIFY(s.names().isEmpty());
        s.pasteText(QString(40'000, QLatin1Char('a')));
        QVERIFY(s.attached(1));
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QMenu *second = menu();
        QVERIFY(second);
        QVERIFY(!second->actions().value(1)->isEnabled());
        second->close();
    }

    void aChipInTheBubbleShowsTheText()
    {
        Setup s;
        QVERIFY(s.ready());
        s.pasteText(QStringLiteral("line of the paste\n").repeated(600));
        QVERIFY(s.attached(1));
        s.script->addAnswer("fine");
        s.say(QStringLiteral("look"));
        QVERIFY(s.answered(1));
        QTest::qWait(50);
        const QRect bubble = s.panel->transcript()->messageRect(0);
        const QRect inView(s.panel->transcript()->viewport()->mapFromGlobal(bubble.topLeft()), bubble.size());
        // The chip stands at the right of the column, in the first lines of the bubble.
        AttachmentDialog *dialog = nullptr;
        for (int x = inView.right() - 4; x > inView.left() && !dialog; x -= 6) {
            QTest::mouseClick(s.panel->transcript()->viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(x, inView.top() + 26));
            dialog = s.panel->findChild<AttachmentDialog *>();
        }
        QVERIFY(dialog);
        QCOMPARE(dialog->view()->model()->rowCount(), 600);
        QVERIFY(s.panel->transcript()->message(0).accessibleText().contains(QLatin1String("Pasted text")));
        dialog->reject();
    }

    void editingShowsTheOnesOfTheMessage()
    {
        Setup s;
        QVERIFY(s.ready());
        s.panel->openFile(s.folder.write(QStringLiteral("a.txt"), "AAA"));
        QVERIFY(s.attached(1));
        s.script->addAnswer("one");
        s.say(QStringLiteral("first"));
        QVERIFY(s.answered(1));
        s.panel->openFile(s.folder.write(QStringLiteral("draft.txt"), "of the draft"));
        QVERIFY(s.attached(1));
        Q_EMIT s.panel->transcript()->actionRequested(Action::Edit, 0, {});
        QCOMPARE(s.strip()->count(), 1);
        s.panel->openFile(s.folder.write(QStringLiteral("b.txt"), "BBB"));
        QVERIFY(QTest::qWaitFor([&] { return s.strip()->count() == 2 && s.panel->session()->draftAttachments().size() == 1; }, 30000));
        QVERIFY(QTest::qWaitFor([&] { return s.strip()->chip(1) && s.strip()->chip(1)->accessibleName().contains(QLatin1String("b.txt")) && !s.strip()->chip(1)->accessibleName().contains(QLatin1String("Reading")); }, 30000));
        s.script->addAnswer("two");
        s.say(QStringLiteral("second"));
        QVERIFY(s.answered(2));
        QVERIFY(s.lastQuestion().contains(QLatin1String("AAA")) && s.lastQuestion().contains(QLatin1String("BBB")));
        QVERIFY(!s.lastQuestion().contains(QLatin1String("of the draft")));
        QCOMPARE(s.names(), QStringList{QStringLiteral("draft.txt")});
        QCOMPARE(s.strip()->count(), 1); // the draft's again
    }

    void aMessageInTheQueueTakesItsOwn()
    {
        Setup s;
        QVERIFY(s.ready());
        s.script->addAnswer("slow answer", test::milliseconds(400));
        s.script->addAnswer("fine");
        s.say(QStringLiteral("first"));
        s.panel->openFile(s.folder.write(QStringLiteral("a.txt"), "AAA"));
        QVERIFY(s.attached(1));
        if (s.panel->session()->isBusy()) {
            s.say(QStringLiteral("second"));
            QVERIFY(s.strip()->isEmpty());
        } else {
            s.say(QStringLiteral("second"));
        }
        QVERIFY(s.answered(2));
        QVERIFY(s.lastQuestion().startsWith(QStringLiteral("[file name]: a.txt")));
        QVERIFY(s.names().isEmpty());
    }

    void whatDoesNotFitMovesToANewChat()
    {
        Setup s(500);
        QVERIFY(s.ready());
        s.script->addAnswer("hello");
        s.say(QStringLiteral("word ").repeated(200));
        QVERIFY(s.answered(1));
        s.panel->openFile(s.folder.write(QStringLiteral("a.txt"), QByteArray("word ").repeated(250)));
        QVERIFY(s.attached(1));
        s.edit()->setText(QStringLiteral("sum it up"));
        QVERIFY(QTest::qWaitFor([&] { return s.panel->findChild<ContextBar *>()->excess() > 0; }, 20000));
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QVERIFY(s.panel->notice()->isVisible());
        QCOMPARE(s.names().size(), qsizetype(1));
        auto *newChat = s.panel->choices()->button(ContextChoices::Choice::NewChat);
        QVERIFY(newChat);
        QTest::mouseClick(newChat, Qt::LeftButton);
        QTRY_COMPARE(s.panel->session()->conversationId(), qint64(0));
        QCOMPARE(s.names(), QStringList{QStringLiteral("a.txt")});
        QCOMPARE(s.edit()->text(), QStringLiteral("sum it up"));
    }

    // Rows of any text are bounded, and copying gives it as it was.
    void anyTextIsShownInRows()
    {
        const QString longLine = QString(5'000'000, QLatin1Char('a'));
        TextRowsModel one(longLine);
        QCOMPARE(one.rowCount(), 50'000);
        QCOMPARE(one.index(0).data().toString().size(), qsizetype(100));
        QCOMPARE(one.textOf(0, one.rowCount() - 1), longLine);
        TextRowsModel chinese(QStringLiteral("鲸").repeated(120) + QStringLiteral("\n\nend"));
        QCOMPARE(chinese.rowCount(), 5);
        QCOMPARE(chinese.index(0).data().toString().size(), qsizetype(50));
        QCOMPARE(chinese.index(4).data().toString(), QStringLiteral("end"));
        QCOMPARE(TextRowsModel(QString()).rowCount(), 1);
        QCOMPARE(TextRowsModel(QStringLiteral("a\n")).rowCount(), 1);
        const QString faces = QStringLiteral("\U0001F40B").repeated(101); // a pair is not torn apart
        TextRowsModel pairs(faces);
        for (int row = 0; row < pairs.rowCount(); ++row)
            QVERIFY(!pairs.index(row).data().toString().back().isHighSurrogate());
    }

    void namesAreShownAsWords()
    {
        QCOMPARE(shownName(QStringLiteral("a\u202egnp.exe\n x")), QStringLiteral("agnp.exe x"));
        QCOMPARE(asPlainTip(QStringLiteral("<b>x</b>")), QStringLiteral("<p>&lt;b&gt;x&lt;/b&gt;</p>"));
        QCOMPARE(fileSize(1), QStringLiteral("1 byte"));
        QCOMPARE(fileSize(999), QStringLiteral("999 bytes"));
        QCOMPARE(fileSize(3140), QStringLiteral("3.1 KB"));
        QCOMPARE(fileSize(5'000'000), QStringLiteral("5.0 MB"));
    }

    void manyFilesAtOnceHaveABound()
    {
        Setup s;
        QVERIFY(s.ready());
        QStringList paths;
        for (int i = 0; i < 53; ++i)
            paths << s.folder.path(QStringLiteral("missing%1.txt").arg(i));
        s.panel->attachFiles(paths);
        QCOMPARE(s.strip()->count(), 51);
        const auto sentences = [&] {
            QStringList all;
            for (const QLabel *label : s.strip()->findChildren<QLabel *>())
                all << label->text();
            return all;
        };
        QVERIFY(sentences().contains(QStringLiteral("3 of the files were not attached: 50 at once is the most.")));
        QVERIFY(QTest::qWaitFor([&] { return sentences().size() == 51; }, 60000));
    }

    // Forty files with long names in a narrow window and at twice the size: nothing is wider than its place, and the composer stays small.
    void manyChipsFitAnyWidth()
    {
        Setup s;
        QVERIFY(s.ready());
        for (int i = 0; i < 40; ++i) {
            app::AttachmentRecord one;
            one.name = QStringLiteral("一个非常长的文件名用来测试中间省略 %1 with a long tail.markdown").arg(i);
            one.text = QStringLiteral("x");
            s.panel->session()->attach(one);
        }
        for (const int width : {400, 880, 1400}) {
            s.panel->resize(width, 600);
            QCoreApplication::processEvents();
            for (int i = 0; i < 40; ++i)
                QVERIFY(s.strip()->chip(i)->geometry().right() < s.strip()->viewport()->width());
            QVERIFY(s.strip()->height() < 140);
        }
    }
};

QTEST_MAIN(TestChatAttachments)
#include "tst_chat_attachments.moc"
