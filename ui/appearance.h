// How everything looks: the tokens of the look (colours, type, icons) for the scheme in use. Passed in, never
// global.
#pragma once

#include "app/settings.h"
#include "app/syntax/lexer.h"

#include <QColor>
#include <QFont>
#include <QHash>
#include <QIcon>
#include <QObject>
#include <QPixmap>

namespace ui {

// Colour tokens of shared look, section 2; one value for each scheme.
struct Theme
{
    bool dark = false;
    QColor window, surface, raised, popover, hover, pressed, accentSoft, selection, mark, codeBackground;
    QColor successSoft, warnSoft, dangerSoft;
    QColor text, text2, text3, accentText, success, warn, danger, accent, accentHover, onAccent, focus,
        control;
    QColor add, addStrong, addMark, del, delStrong, delMark; // diff lines, changed words, marks in the gutter
    QColor border, borderStrong, popoverEdge, dangerLine, warnLine, successLine, codeLine, disabled;
    QColor codeKeyword, codeType, codeFunction, codeString, codeEscape, codeNumber, codeComment,
        codePreprocessor, codeOperator, codeName;
    QColor mapInstructions, mapPinned, mapFiles, mapConversation, mapReasoning, mapDraft, mapKept, mapFree;

    static Theme light();
    static Theme darkTheme();
    const QColor &code(app::syntax::TokenKind kind) const;
};

using ColorToken = QColor Theme::*; // names one colour of whatever theme is in use

// `over` laid on `under` with opacity 0 .. 1.
QColor blend(const QColor &over, const QColor &under, qreal opacity);

enum class FontRole {
    Hero,
    Figure,
    Title,
    Reading,
    ReadingBold,
    Heading1,
    Heading2,
    Table,
    TableHead,
    Reasoning,
    Ui,
    UiBold,
    Small,
    Caption,
    Mono,
    MonoSmall
};

enum class Scheme { System, Light, Dark };

// Lives in the GUI thread as long as the window. Applies palette and style sheet to the application.
class Appearance : public QObject
{
    Q_OBJECT

public:
    explicit Appearance(app::Settings &settings, QObject *parent = nullptr);

    ~Appearance() override;

    const Theme &theme() const { return m_theme; }
    Scheme scheme() const;
    void setScheme(Scheme scheme); // kept in the settings
    QFont font(FontRole role) const;
    QStringList missingFonts() const; // of those that font() would like
    int lineHeight(FontRole role) const;    // px; Reading follows the user's size
    int lineHeightCjk(FontRole role) const; // px; for blocks that hold CJK letters
    int readingSize() const;                // px, 13 .. 20
    void setReadingSize(int px);

    // An icon of resources/icons ("send", "copy"), rendered from SVG at the device pixel ratio and cached.
    QPixmap pixmap(const QString &name, int size, const QColor &color, qreal ratio) const;
    // Normal, hovered and disabled states from text2, text and disabled; `on` from accentText.
    QIcon icon(const QString &name, int size = 16) const;
    QIcon icon(const QString &name, int size, const QColor &color) const;

Q_SIGNALS:
    void changed(); // scheme or size: repaint, ask for colours, fonts and icons again

protected:
    bool eventFilter(QObject *watched, QEvent *event) override; // the desktop's own scheme changes

private:
    void apply();
    bool systemIsDark() const;

    app::Settings &m_settings;
    Theme m_theme;
    bool m_systemDark = false;
    bool m_applying = false;
    mutable QHash<QString, QPixmap> m_pixmaps;
};

} // namespace ui
