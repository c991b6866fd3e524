#include "ui/shell/settings_dialog.h"

#include "app/settings_keys.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/shell/settings_parts.h"
#include "ui/shell/sidebar.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/plain_edit.h"
#include "ui/widgets/segmented.h"

#include <QLabel>
#include <QMenu>
#include <QTest>

using namespace ui;

namespace {

struct Setup
{
    Setup() { open(); }
    void open()
    {
        dialog = std::make_unique<SettingsDialog>(service, settings, appearance, kept);
        dialog->show();
        QVERIFY(QTest::qWaitForWindowExposed(dialog.get()));
    }
    QString words() const
    {
        QStringList all;
        for (const QLabel *label : dialog->findChildren<QLabel *>())
            if (label->isVisible())
                all << label->text();
        return all.join(QLatin1Char('\n'));
    }
    IconButton *backOf(const QString &name) const
    {
        for (IconButton *button : dialog->findChildren<IconButton *>())
            if (button->accessibleName().startsWith(name + QStringLiteral(": back")))
                return button;
        return nullptr;
    }
    TextButton *button(const QString &text) const
    {
        for (TextButton *each : dialog->findChildren<TextButton *>())
            if (each->text() == text)
                return each;
        return nullptr;
    }

    test::TemporaryFolder folder;
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<test::FakeEngine>(std::make_shared<test::EngineScript>())};
    app::KeptPages kept{folder.path(QStringLiteral("kept"))};
    std::unique_ptr<SettingsDialog> dialog;
};

} // namespace

class TestSettingsDialog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everySettingHasARowWithItsDefault();
    void theSearchFindsOnAllPages_data();
    void theSearchFindsOnAllPages();
    void aSettingGoesBackToItsDefaultAndUndoBringsItBack();
    void aPageGoesBackToItsDefaults();
    void controlsFollowWhatOthersSet();
    void stepsEndAtTheBounds();
    void aSettingIsShownWithTheFocus();
};

// What is not set by hand is known by name; every other key has a row.
void TestSettingsDialog::everySettingHasARowWithItsDefault()
{
    const QSet<QString> kept{QStringLiteral("models/last"), QStringLiteral("models/opened"), QStringLiteral("chat/lastConversation"), QStringLiteral("chat/contextInspector"),
                             QStringLiteral("window/geometry"), QStringLiteral("window/panel"), QStringLiteral("window/sidebarWidth"), QStringLiteral("window/railed"),
                             QStringLiteral("machine/measuredOn"), QStringLiteral("machine/readBandwidth")};
    Setup s;
    QStringList rows;
    for (const SettingPage page : kSettingPages) {
        s.dialog->showPage(page);
        rows << s.dialog->shown();
        QCOMPARE(int(s.words().count(QStringLiteral("Default: "))), int(s.dialog->shown().size()));
    }
    app::forEachSetting([&](const auto &key) {
        const QString name = QString::fromLatin1(key.name);
        QVERIFY2(rows.contains(name) != kept.contains(name), key.name);
    });
    QCOMPARE(rows.size(), allSettingWords().size());
    s.dialog->showPage(SettingPage::Appearance);
    QVERIFY(s.words().contains(QStringLiteral("Default: 15 px")));
    s.dialog->showPage(SettingPage::Engine);
    QVERIFY(s.words().contains(QStringLiteral("Default: 16 bits")));
}

void TestSettingsDialog::theSearchFindsOnAllPages_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("key");
    QTest::newRow("its name") << QStringLiteral("reading size") << QStringLiteral("appearance/readingSize");
    QTest::newRow("a few letters") << QStringLiteral("thrd") << QStringLiteral("engine/threads");
    QTest::newRow("its page") << QStringLiteral("engine dev") << QStringLiteral("engine/device");
    QTest::newRow("another word") << QStringLiteral("temperature") << QStringLiteral("chat/samplingPreset");
    QTest::newRow("a word of the hint") << QStringLiteral("hesitated") << QStringLiteral("chat/doubt");
    QTest::newRow("GPU") << QStringLiteral("gpu") << QStringLiteral("engine/device");
}

void TestSettingsDialog::theSearchFindsOnAllPages()
{
    QFETCH(QString, typed);
    QFETCH(QString, key);
    Setup s;
    s.dialog->search()->setText(typed);
    QVERIFY2(s.dialog->shown().contains(key), qPrintable(s.dialog->shown().join(u' ')));
    QVERIFY(s.dialog->shown().size() <= 4);
    s.dialog->search()->setText(QStringLiteral("qqqq"));
    QVERIFY(s.dialog->shown().isEmpty());
    QVERIFY(s.words().contains(QStringLiteral("No setting is called that.")));
    s.dialog->search()->clear();
    QVERIFY(s.dialog->shown().contains(QStringLiteral("appearance/scheme")));
}

void TestSettingsDialog::aSettingGoesBackToItsDefaultAndUndoBringsItBack()
{
    Setup s;
    IconButton *back = s.backOf(QStringLiteral("Reading size"));
    QVERIFY(back && !back->isVisible());
    s.settings.set(app::kReadingSize, 18);
    QVERIFY(back->isVisible());
    QVERIFY(s.words().contains(QStringLiteral("18 px")));
    back->click();
    QCOMPARE(s.settings.get(app::kReadingSize), 15);
    QVERIFY(!back->isVisible());
    s.button(QStringLiteral("Undo"))->click();
    QCOMPARE(s.settings.get(app::kReadingSize), 18);
    QVERIFY(!s.button(QStringLiteral("Undo"))->isVisible());
}

void TestSettingsDialog::aPageGoesBackToItsDefaults()
{
    Setup s;
    TextButton *defaults = s.button(QStringLiteral("Defaults"));
    QVERIFY(!defaults->isEnabled());
    s.settings.set(app::kReadingSize, 18);
    s.settings.set(app::kScheme, QStringLiteral("dark"));
    s.settings.set(app::kDoubt, true);
    QVERIFY(defaults->isEnabled());
    defaults->click();
    QCOMPARE(s.settings.get(app::kReadingSize), 15);
    QCOMPARE(s.settings.get(app::kScheme), QStringLiteral("system"));
    QVERIFY(s.settings.get(app::kDoubt)); // on another page
    s.button(QStringLiteral("Undo"))->click();
    QCOMPARE(s.settings.get(app::kReadingSize), 18);
    QCOMPARE(s.settings.get(app::kScheme), QStringLiteral("dark"));
    QVERIFY(s.appearance.theme().dark);
}

void TestSettingsDialog::controlsFollowWhatOthersSet()
{
    Setup s;
    s.settings.set(app::kScheme, QStringLiteral("dark"));
    QCOMPARE(s.dialog->findChild<Segmented *>()->current(), 2);
    s.dialog->showPage(SettingPage::Chat);
    PlainEdit *prompt = s.dialog->findChild<EditField *>()->edit();
    QTest::keyClicks(prompt, QStringLiteral("Be brief."));
    QCOMPARE(s.settings.get(app::kSystemPrompt), QStringLiteral("Be brief."));
    s.settings.reset(app::kSystemPrompt);
    QCOMPARE(prompt->text(), QString());
    // A value that no menu offers is shown as it is.
    s.settings.set(app::kMaxAnswerTokens, 12345);
    QCOMPARE(s.dialog->findChild<ComboButton *>(QStringLiteral("longest"))->text(), QStringLiteral("12,345 tokens"));
}

void TestSettingsDialog::stepsEndAtTheBounds()
{
    Setup s;
    IconButton *more = nullptr, *less = nullptr;
    for (IconButton *button : s.dialog->findChildren<IconButton *>()) {
        more = button->accessibleName() == QLatin1String("Larger text") ? button : more;
        less = button->accessibleName() == QLatin1String("Smaller text") ? button : less;
    }
    QVERIFY(more && less);
    for (int i = 0; i < 20; ++i)
        more->click();
    QCOMPARE(s.settings.get(app::kReadingSize), 20);
    QVERIFY(!more->isEnabled());
    for (int i = 0; i < 20; ++i)
        less->click();
    QCOMPARE(s.settings.get(app::kReadingSize), 13);
    QVERIFY(!less->isEnabled());
}

void TestSettingsDialog::aSettingIsShownWithTheFocus()
{
    Setup s;
    for (const SettingWords &words : allSettingWords()) {
        s.dialog->search()->setText(QStringLiteral("something"));
        s.dialog->showSetting(QString::fromLatin1(words.key));
        QCOMPARE(s.dialog->page(), words.page);
        QVERIFY2(s.dialog->shown().contains(QString::fromLatin1(words.key)), words.key);
        const QWidget *focus = s.dialog->focusWidget();
        QVERIFY2(focus && focus != s.dialog->search(), words.key);
    }
}

QTEST_MAIN(TestSettingsDialog)
#include "tst_settings_dialog.moc"
