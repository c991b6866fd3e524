// Every widget of the window through the accessibility interface: names, tips, sizes, tab order; rows of views that paint them; what is
// read aloud.
#include "tests/ui/window_setup.h"
#include "ui/chat/context_bar.h"
#include "ui/code/code_editor.h"
#include "ui/code/code_panel.h"
#include "ui/code/editor_card.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/settings_dialog.h"
#include "ui/translate/translate_panel.h"
#include "ui/widgets/segmented.h"

#include <QAccessible>
#include <QSignalSpy>

using namespace ui;
using Setup = test::WindowSetup;

namespace {

QString nameOf(QWidget *widget)
{
    QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
    return interface ? interface->text(QAccessible::Name) : QString();
}

QString placeOf(const QWidget *widget)
{
    QStringList path;
    for (const QWidget *each = widget; each; each = each->parentWidget())
        path.prepend(QString::fromLatin1(each->metaObject()->className()) + (each->objectName().isEmpty() ? QString() : u'#' + each->objectName()));
    return path.join(QStringLiteral(" > ")) + QStringLiteral(" \"%1\"").arg(widget->accessibleName());
}

bool isReached(const QWidget *widget)
{
    return widget->isVisible() && widget->isEnabled() && widget->focusPolicy() & Qt::TabFocus && !widget->focusProxy();
}

// What is wrong with the widgets that are seen now.
QStringList faults(QWidget *window)
{
    QStringList all;
    for (QWidget *widget : window->findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->window() != window || widget->inherits("QLineEditIconButton")) // a picture: nothing is done by it
            continue;
        const bool pressed = qobject_cast<QAbstractButton *>(widget) || qobject_cast<Segmented *>(widget);
        if (!pressed && widget->focusPolicy() == Qt::NoFocus)
            continue;
        if (nameOf(widget).trimmed().isEmpty())
            all << QStringLiteral("no name: ") + placeOf(widget);
        if (qobject_cast<IconButton *>(widget) && widget->toolTip().isEmpty())
            all << QStringLiteral("no tip: ") + placeOf(widget);
        if (widget->width() < 24 || widget->height() < 24)
            all << QStringLiteral("%1x%2: ").arg(widget->width()).arg(widget->height()) + placeOf(widget);
    }
    return all;
}

// Tab from where one is until it comes round: what was never reached.
QStringList notReached(QWidget *window)
{
    QSet<QWidget *> reached;
    QWidget *at = window->focusWidget();
    for (int i = 0; i < 300 && at; ++i) {
        reached.insert(at);
        // Tab indents in the code: F6 leaves it.
        if (auto *code = qobject_cast<CodeEditor *>(at); code && !code->isReadOnly()) {
            QTest::keyClick(at, Qt::Key_F6);
            if (window->focusWidget() == at)
                return {QStringLiteral("the code is a trap")};
        } else {
            QTest::keyClick(at, Qt::Key_Tab);
        }
        at = window->focusWidget();
    }
    QStringList all;
    for (QWidget *widget : window->findChildren<QWidget *>())
        if (widget->window() == window && isReached(widget) && !reached.contains(widget))
            all << placeOf(widget);
    return all;
}

} // namespace

class TestAccessibility : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingHasANameATipAndASize_data();
    void everythingHasANameATipAndASize();
    void tabReachesEverything_data();
    void tabReachesEverything();
    void settingsHaveNamesAndAreReached();
    void viewsShowTheirRows();
    void anAnswerIsAnnouncedAtItsBeginningAndItsEnd();
};

void TestAccessibility::everythingHasANameATipAndASize_data()
{
    QTest::addColumn<QString>("panel");
    QTest::addColumn<bool>("filled");
    QTest::addColumn<QSize>("size");
    for (const char *panel : {"chat", "code", "translate"})
        for (const bool filled : {false, true})
            for (const QSize &size : {QSize(1441, 900), QSize(880, 560)})
                QTest::addRow("%s, %s, %d wide", panel, filled ? "filled" : "empty", size.width()) << QString::fromLatin1(panel) << filled << size;
}

static void fill(Setup &s, const QString &panel)
{
    if (panel == QLatin1String("chat")) {
        QVERIFY(s.converse("A question", "An answer with `code`.\n\n```python\nprint(1)\n```\n"));
        s.chat()->toggleInspector();
        s.chat()->findHere();
    } else if (panel == QLatin1String("code")) {
        qobject_cast<CodePanel *>(s.window->panel(panel))->showCode(QStringLiteral("int main() {}\n"), QStringLiteral("cpp"));
    } else {
        auto *translate = qobject_cast<TranslatePanel *>(s.window->panel(panel));
        translate->table().replaceSource(QStringLiteral("One.\n\nTwo.\n"));
    }
}

void TestAccessibility::everythingHasANameATipAndASize()
{
    QFETCH(QString, panel);
    QFETCH(bool, filled);
    QFETCH(QSize, size);
    Setup s;
    s.window->resize(size);
    s.window->showPanel(panel);
    if (filled)
        fill(s, panel);
    QTest::qWait(50);
    const QStringList wrong = faults(s.window.get());
    QVERIFY2(wrong.isEmpty(), qPrintable(QLatin1Char('\n') + wrong.join(QLatin1Char('\n'))));
    QTest::keyClick(s.window.get(), Qt::Key_K, Qt::ControlModifier);
    QVERIFY2(faults(s.window.get()).isEmpty(), qPrintable(faults(s.window.get()).join(QLatin1Char('\n'))));
}

void TestAccessibility::tabReachesEverything_data()
{
    QTest::addColumn<QString>("panel");
    for (const char *panel : {"chat", "code", "translate"})
        QTest::newRow(panel) << QString::fromLatin1(panel);
}

void TestAccessibility::tabReachesEverything()
{
    QFETCH(QString, panel);
    Setup s;
    s.beWide();
    s.window->showPanel(panel);
    fill(s, panel);
    if (panel == QLatin1String("code"))
        s.window->toggleSidebar(); // all of it
    QTest::qWait(50);
    const QStringList left = notReached(s.window.get());
    QVERIFY2(left.isEmpty(), qPrintable(QLatin1Char('\n') + left.join(QLatin1Char('\n'))));
}

void TestAccessibility::settingsHaveNamesAndAreReached()
{
    Setup s;
    app::KeptPages kept(s.paths.keptPages());
    SettingsDialog dialog(s.service, s.settings, s.appearance, kept);
    dialog.show();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));
    s.settings.set(app::kReadingSize, 18);
    for (const SettingPage page : kSettingPages) {
        dialog.showPage(page);
        dialog.search()->setFocus();
        QVERIFY2(faults(&dialog).isEmpty(), qPrintable(faults(&dialog).join(QLatin1Char('\n'))));
        const QStringList left = notReached(&dialog);
        QVERIFY2(left.isEmpty(), qPrintable(QLatin1Char('\n') + left.join(QLatin1Char('\n'))));
    }
}

void TestAccessibility::viewsShowTheirRows()
{
    Setup s;
    QVERIFY(s.converse("A question", "An answer."));
    const auto rowsOf = [](QWidget *view) {
        QStringList rows;
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(view);
        for (int i = 0; interface && i < interface->childCount(); ++i)
            if (QAccessibleInterface *child = interface->child(i); child && child->role() == QAccessible::ListItem) {
                rows << child->text(QAccessible::Name);
                if (!child->rect().isValid() || interface->indexOfChild(child) != i)
                    rows << QStringLiteral("wrong place");
            }
        return rows;
    };
    QCOMPARE(rowsOf(s.chat()->transcript()), (QStringList{QStringLiteral("You: A question"), QStringLiteral("Answer, finished, 2 tokens: An answer.")}));
    QTRY_VERIFY2(rowsOf(s.chat()->contextBar()).join(u'|').contains(QLatin1String("Conversation, ")), qPrintable(rowsOf(s.chat()->contextBar()).join(u'|')));
    s.window->showPanel(QStringLiteral("translate"));
    auto *translate = qobject_cast<TranslatePanel *>(s.window->panel(QStringLiteral("translate")));
    translate->table().replaceSource(QStringLiteral("The first one.\n\nThe second one.\n"));
    QTRY_COMPARE(rowsOf(&translate->table()).size(), 2);
    QVERIFY2(rowsOf(&translate->table()).first().startsWith(QLatin1String("Segment 1 of 2, ")), qPrintable(rowsOf(&translate->table()).first()));
    QVERIFY(rowsOf(&translate->table()).last().contains(QLatin1String("The second one.")));
    // The fields are there as well.
    QAccessibleInterface *table = QAccessible::queryAccessibleInterface(&translate->table());
    bool field = false;
    for (int i = 0; i < table->childCount(); ++i)
        field = field || table->child(i)->role() == QAccessible::EditableText;
    QVERIFY(field);
}

void TestAccessibility::anAnswerIsAnnouncedAtItsBeginningAndItsEnd()
{
    Setup s;
    QSignalSpy announced(s.chat(), &Panel::announced), ended(s.chat(), &Panel::answerEnded);
    QStringList read; // what the status line is described as, at each
    connect(s.chat(), &Panel::announced, this, [&] { read << s.window->statusLine()->accessibleDescription(); });
    QVERIFY(s.converse("A question", "An answer of five words"));
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(announced.size(), 2); // not one for each token
    QCOMPARE(read, (QStringList{QStringLiteral("The answer has begun."), QStringLiteral("The answer has ended, 5 tokens.")}));
    QCOMPARE(ended.first().at(1).toString(), QStringLiteral("An answer of five words"));
}

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
