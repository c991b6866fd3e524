#include "ui/style_sheet.h"

#include <QRegularExpression>

#include <algorithm>

namespace ui {

namespace {

// Fields set no colour of words: with one Qt 6.4 makes placeholders of half its strength, too faint to read.
const char kTemplate[] = R"(
QToolTip { background: @popover; color: @text; border: 1px solid @popoverEdge; padding: 4px 8px; }
QMenu { background: @popover; color: @text; border: 1px solid @popoverEdge; padding: 5px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 6px; min-height: 20px; border: none; }
QMenu::item:selected { background: @hover; color: @text; }
QMenu::item:disabled { color: @disabled; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: @border; margin: 5px 4px; }
QMenu::indicator { width: 16px; height: 16px; padding-left: 6px; }
QMenu::right-arrow { width: 16px; height: 16px; padding-right: 4px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 2px 0 2px 0; border: none; }
QScrollBar::handle:vertical { background: @borderStrong; border-radius: 3px; min-height: 32px; margin: 0 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0 2px 0 2px; border: none; }
QScrollBar::handle:horizontal { background: @borderStrong; border-radius: 3px; min-width: 32px; margin: 2px 0; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: @control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QPlainTextEdit, QTextEdit, QListView, QTreeView, QTableView, QScrollArea, QAbstractScrollArea { border: none; }
QTextEdit, QPlainTextEdit { background: transparent; selection-background-color: @selection;
    selection-color: @text; }
QListView, QTreeView, QTableView { background: transparent; color: @text; outline: none; }
QListView[popup="true"], QTreeView[popup="true"] { background: @popover; border: 1px solid @popoverEdge; }

QLineEdit { background: @surface; border: 1px solid @control; border-radius: 6px; padding: 0 9px;
    min-height: 30px; max-height: 30px; selection-background-color: @selection; selection-color: @text; }
QLineEdit:focus { border: 2px solid @focus; padding: 0 8px; min-height: 28px; max-height: 28px; }
QLineEdit:disabled { color: @disabled; border-color: @borderStrong; }
QLineEdit[quiet="true"] { background: transparent; border-color: @borderStrong; padding: 0 6px 0 4px; min-height: 26px;
    max-height: 26px; }
QLineEdit[quiet="true"]:focus { border: 2px solid @focus; padding: 0 5px 0 3px; min-height: 24px; max-height: 24px; }

QComboBox, QSpinBox, QDoubleSpinBox { background: @surface; color: @text; border: 1px solid @control;
    border-radius: 6px; padding: 0 9px; min-height: 30px; selection-background-color: @selection;
    selection-color: @text; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus { border: 2px solid @focus; padding: 0 8px; min-height: 28px; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: @popover; color: @text; border: 1px solid @popoverEdge; padding: 4px;
    selection-background-color: @hover; selection-color: @text; outline: none; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0;
    border: none; }

QCheckBox, QRadioButton { color: @text; spacing: 8px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: @disabled; }

QPushButton { background: @surface; color: @text; border: 1px solid @borderStrong; border-radius: 6px;
    padding: 0 12px; min-height: 30px; min-width: 56px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @pressed; }
QPushButton:disabled { color: @disabled; border-color: @border; }
QPushButton:default { background: @accent; color: @onAccent; border-color: @accent; }
QPushButton:default:hover { background: @accentHover; border-color: @accentHover; }
QPushButton:focus { border: 2px solid @focus; padding: 0 11px; min-height: 28px; }

QProgressBar { background: @mapFree; border: none; border-radius: 2px; min-height: 4px; max-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QSplitter::handle { background: transparent; }
QDialog, QMessageBox { background: @popover; }
)";

} // namespace

QString styleSheet(const Theme &theme)
{
    static const QHash<QString, ColorToken> tokens = {
        {QStringLiteral("popover"), &Theme::popover},
        {QStringLiteral("popoverEdge"), &Theme::popoverEdge},
        {QStringLiteral("text"), &Theme::text},
        {QStringLiteral("hover"), &Theme::hover},
        {QStringLiteral("pressed"), &Theme::pressed},
        {QStringLiteral("disabled"), &Theme::disabled},
        {QStringLiteral("border"), &Theme::border},
        {QStringLiteral("borderStrong"), &Theme::borderStrong},
        {QStringLiteral("control"), &Theme::control},
        {QStringLiteral("selection"), &Theme::selection},
        {QStringLiteral("surface"), &Theme::surface},
        {QStringLiteral("focus"), &Theme::focus},
        {QStringLiteral("accent"), &Theme::accent},
        {QStringLiteral("accentHover"), &Theme::accentHover},
        {QStringLiteral("onAccent"), &Theme::onAccent},
        {QStringLiteral("mapFree"), &Theme::mapFree},
    };
    static const QRegularExpression token(QStringLiteral("@([A-Za-z0-9]+)"));
    const QString source = QString::fromLatin1(kTemplate);
    QString result;
    result.reserve(source.size() + 512);
    qsizetype from = 0;
    for (auto it = token.globalMatch(source); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        result += QStringView(source).mid(from, match.capturedStart() - from);
        const ColorToken color = tokens.value(match.captured(1), nullptr);
        Q_ASSERT_X(color, "styleSheet", qPrintable(match.captured(1)));
        if (color)
            result += (theme.*color).name();
        from = match.capturedEnd();
    }
    result += QStringView(source).mid(from);
    return result;
}

} // namespace ui
