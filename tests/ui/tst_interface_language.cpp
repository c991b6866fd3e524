// ui/interface_language.h: which language the window speaks, Qt's own words with it, and that all of it has room in Chinese.
#include "ui/interface_language.h"

#include "app/error_text.h"
#include "app/settings_keys.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/actions.h"
#include "ui/main_window.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/setting_words.h"
#include "ui/shell/settings_dialog.h"
#include "ui/widgets/buttons.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileIconProvider>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QStyle>
#include <QTest>

#include <cstdlib>
#include <memory>

using namespace ui;
using test::EngineScript;
using test::FakeEngine;

namespace {

struct Setup
{
    explicit Setup(Scheme scheme = Scheme::Light)
    {
        appearance.setScheme(scheme);
        QDir().mkpath(paths.data);
        window = std::make_unique<MainWindow>(service, catalog, settings, appearance, paths);
        window->show();
        (void)QTest::qWaitForWindowExposed(window.get());
    }

    test::TemporaryFolder folder;
    app::DataPaths paths = app::DataPaths::inFolder(folder.path(QStringLiteral("baleen")));
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    app::ModelCatalog catalog{paths, settings};
    std::unique_ptr<MainWindow> window;
};

// Words that are shown in less room than they need, with what shows them.
QStringList clipped(QWidget &window)
{
    QStringList wrong;
    const auto tell = [&](const QWidget *widget, const QString &words) {
        wrong << QStringLiteral("%1 of %2 px: “%3”")
                     .arg(QString::fromLatin1(widget->metaObject()->className()))
                     .arg(widget->width())
                     .arg(words);
    };
    for (QLabel *label : window.findChildren<QLabel *>()) {
        if (!label->isVisible() || label->text().isEmpty() || label->textFormat() == Qt::RichText)
            continue;
        const QSize room = label->contentsRect().size();
        const QRect needed = label->fontMetrics().boundingRect(QRect(0, 0, room.width(), 10000),
                                                               label->wordWrap() ? Qt::TextWordWrap : 0, label->text());
        if (needed.width() > room.width() + 1 || needed.height() > room.height() + 2)
            tell(label, label->text());
    }
    for (QAbstractButton *button : window.findChildren<QAbstractButton *>())
        if (button->isVisible() && !button->text().isEmpty() && qobject_cast<TextButton *>(button) &&
            button->width() < button->sizeHint().width())
            tell(button, button->text());
    return wrong;
}

} // namespace

class TestInterfaceLanguage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { useInterfaceLanguage(*qApp, QStringLiteral("zh_CN")); }

    void theSystemsLanguageIsTaken_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QStringList>("system");
        QTest::addColumn<QString>("code");
        const auto row = [](const char *name, const char *setting, const QStringList &system, const char *code) {
            QTest::newRow(name) << QString::fromLatin1(setting) << system << QString::fromLatin1(code);
        };
        row("chosen", "ja", {QStringLiteral("zh-CN")}, "ja");
        row("English chosen", "en", {QStringLiteral("zh-CN")}, "en");
        row("China", "", {QStringLiteral("zh-CN")}, "zh_CN");
        row("Singapore", "", {QStringLiteral("zh-Hans-SG"), QStringLiteral("en")}, "zh_CN");
        row("Taiwan", "", {QStringLiteral("zh-TW"), QStringLiteral("zh-Hant-TW")}, "en");
        row("Japan", "", {QStringLiteral("ja-JP")}, "ja");
        row("Korea", "", {QStringLiteral("ko-KR")}, "ko");
        row("the second one", "", {QStringLiteral("de-DE"), QStringLiteral("zh-CN")}, "zh_CN");
        row("none that there is", "", {QStringLiteral("de-DE"), QStringLiteral("fr")}, "en");
        row("the terminal's", "", {QStringLiteral("C")}, "en");
        row("not a language", "xx", {}, "en");
    }
    void theSystemsLanguageIsTaken()
    {
        QFETCH(QString, setting);
        QFETCH(QStringList, system);
        QFETCH(QString, code);
        QCOMPARE(interfaceLanguageOf(setting, system), code);
    }

    void wordsOfQtAreTranslatedToo()
    {
        QDialogButtonBox box(QDialogButtonBox::Cancel | QDialogButtonBox::Save);
        QCOMPARE(box.button(QDialogButtonBox::Cancel)->text(), QStringLiteral("取消"));
        QLineEdit edit;
        const std::unique_ptr<QMenu> menu(edit.createStandardContextMenu());
        QStringList words;
        for (const QAction *action : menu->actions())
            words << action->text().section(QLatin1Char('\t'), 0, 0);
        QVERIFY2(words.contains(QStringLiteral("粘贴(&P)")) && words.contains(QStringLiteral("全选")),
                 qPrintable(words.join(QLatin1Char(' '))));
        QCOMPARE(QFileIconProvider().type(QFileInfo(QDir::tempPath())), QStringLiteral("文件夹"));
        QCOMPARE(QLocale().language(), QLocale::Chinese);
    }

    void buttonsOfQtHaveNoIcons()
    {
        Setup s;
        QCOMPARE(s.window->style()->styleHint(QStyle::SH_DialogButtonBox_ButtonsHaveIcons), 0);
        QDialogButtonBox box(QDialogButtonBox::Cancel, s.window.get());
        QVERIFY(box.button(QDialogButtonBox::Cancel)->icon().isNull());
    }

    void errorsAreSentencesInChinese()
    {
        const inference::Error error(inference::ErrorCode::Incomplete, {.what = "The file is incomplete",
                                                                        .where = "a.gguf",
                                                                        .expected = "100 bytes",
                                                                        .found = "90 bytes",
                                                                        .wayOut = "Resume or repeat the download."});
        QCOMPARE(app::errorSentence(error),
                 QStringLiteral("文件不完整：a.gguf（应为 100 bytes，实际为 90 bytes）。请继续或重新下载。"));
        QCOMPARE(app::errorSentence({inference::ErrorCode::DiskFull, std::string()}),
                 QStringLiteral("磁盘已满。请腾出一些空间，Baleen 会自动重试。你的文字保留在内存中。"));
    }

    void thePaletteFindsActionsByTheirEnglishNamesToo()
    {
        Setup s;
        QTest::keyClick(s.window.get(), Qt::Key_K, Qt::ControlModifier);
        CommandPalette *palette = s.window->palettePopover();
        QVERIFY(palette && palette->isVisible());
        const auto first = [&](const QString &typed) {
            palette->field()->setText(typed);
            return palette->model().rowCount() > 0 ? palette->model().command(0).title : QString();
        };
        QCOMPARE(first(QStringLiteral("import chats")), actionName("chat.import"));
        QCOMPARE(first(QStringLiteral("reading size")), settingName(*settingWords(app::kReadingSize.name)));
        QCOMPARE(first(QStringLiteral("导入")), actionName("chat.import"));
    }

    void marksOfMenusAreSeenInBothSchemes_data()
    {
        QTest::addColumn<Scheme>("scheme");
        QTest::newRow("light") << Scheme::Light;
        QTest::newRow("dark") << Scheme::Dark;
    }
    void marksOfMenusAreSeenInBothSchemes()
    {
        QFETCH(Scheme, scheme);
        Setup s(scheme);
        QMenu menu(s.window.get());
        for (const bool enabled : {true, false}) {
            QAction *action = menu.addAction(QStringLiteral(" "));
            action->setCheckable(true);
            action->setChecked(true);
            action->setEnabled(enabled);
        }
        menu.popup(QPoint(0, 0));
        const QImage picture = menu.grab().toImage();
        const Theme &theme = s.appearance.theme();
        for (QAction *action : menu.actions()) {
            const QColor &wanted = action->isEnabled() ? theme.text : theme.disabled;
            int nearest = 1000; // of any pixel to that colour
            const QRect row = menu.actionGeometry(action).adjusted(2, 2, -2, -2);
            for (int y = row.top(); y < row.bottom(); ++y)
                for (int x = row.left(); x < row.left() + 32; ++x) {
                    const QColor pixel = picture.pixelColor(x, y);
                    nearest = std::min(nearest, std::abs(pixel.red() - wanted.red()) + std::abs(pixel.green() - wanted.green()) +
                                                    std::abs(pixel.blue() - wanted.blue()));
                }
            QVERIFY2(nearest < 40, qPrintable(QString::number(nearest)));
        }
    }

    void completionsStandOnAGround()
    {
        Setup s(Scheme::Dark);
        QLineEdit edit(s.window.get());
        edit.show();
        QCompleter completer(QStringList{QStringLiteral("whale")});
        edit.setCompleter(&completer);
        completer.complete();
        const QImage picture = completer.popup()->grab().toImage();
        QCOMPARE(picture.pixelColor(picture.width() - 6, picture.height() - 4), s.appearance.theme().popover);
        completer.popup()->hide();
    }

    void nothingIsClipped_data()
    {
        QTest::addColumn<QString>("panel");
        QTest::addColumn<int>("width");
        for (const char *panel : {"chat", "code", "translate"})
            for (const int width : {880, 1280})
                QTest::addRow("%s, %d px", panel, width) << QString::fromLatin1(panel) << width;
    }
    void nothingIsClipped()
    {
        QFETCH(QString, panel);
        QFETCH(int, width);
        Setup s;
        s.window->resize(width, width == 880 ? 560 : 800);
        s.window->showPanel(panel);
        QTest::qWait(50);
        QVERIFY(s.window->isVisible() && s.window->width() == width);
        QStringList wrong = clipped(*s.window);
        s.window->openModel(QStringLiteral("/models/DeepSeek-R1-Distill-Qwen-1.5B-Q4_K_M.gguf"));
        QTRY_VERIFY(s.service.model().has_value());
        QTest::qWait(50);
        wrong += clipped(*s.window);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
    }

    void settingsHaveRoomAndKeepTheLanguage()
    {
        Setup s;
        app::KeptPages kept(s.paths.keptPages());
        SettingsDialog dialog(s.service, s.settings, s.appearance, kept);
        dialog.show();
        QTest::qWait(50);
        const QStringList wrong = clipped(dialog);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
        auto *language = dialog.findChild<ComboButton *>(QStringLiteral("language"));
        QVERIFY(language);
        QCOMPARE(language->text(), QStringLiteral("跟随系统"));
        QStringList names;
        for (QAction *action : language->menu()->actions())
            names << action->text();
        QCOMPARE(names, (QStringList{QStringLiteral("跟随系统"), QStringLiteral("English"), QStringLiteral("简体中文"),
                                     QStringLiteral("日本語"), QStringLiteral("한국어")}));
        // Another one is there from the next start on, which is offered.
        auto *restart = dialog.findChild<TextButton *>(QStringLiteral("restart"));
        QVERIFY(restart);
        language->menu()->actions().at(1)->trigger();
        QCOMPARE(language->text(), QStringLiteral("English"));
        QVERIFY(restart->isVisible());
        QSignalSpy wanted(&dialog, &SettingsDialog::restartRequested);
        QTest::mouseClick(restart, Qt::LeftButton);
        QCOMPARE(wanted.count(), 1);
        language->menu()->actions().at(2)->trigger();
        QVERIFY(!restart->isVisible()); // that is spoken
        QCOMPARE(language->text(), QStringLiteral("简体中文"));
        QCOMPARE(s.settings.get(app::kInterfaceLanguage), QStringLiteral("zh_CN"));
    }
};

QTEST_MAIN(TestInterfaceLanguage)
#include "tst_interface_language.moc"
