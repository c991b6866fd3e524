// The colour tokens of both schemes. Each pair that carries words or a needed shape was measured for
// contrast.
#include "ui/appearance.h"

namespace ui {

Theme Theme::light()
{
    Theme t;
    t.dark = false;
    t.window = QColor(0xeff2f2);
    t.surface = QColor(0xffffff);
    t.raised = QColor(0xf6f8f8);
    t.popover = QColor(0xffffff);
    t.hover = QColor(0xe6ebeb);
    t.pressed = QColor(0xdbe2e2);
    t.accentSoft = QColor(0xdcf0f1);
    t.selection = QColor(0xb9e0e4);
    t.mark = QColor(0xffe9a8);
    t.codeBackground = QColor(0xf5f7f7);
    t.successSoft = QColor(0xe2f4e8);
    t.warnSoft = QColor(0xfcf0d8);
    t.dangerSoft = QColor(0xfdeeec);
    t.add = QColor(0xe3f5e8);
    t.addStrong = QColor(0xb6e3c3);
    t.addMark = QColor(0x2c8a50);
    t.del = QColor(0xfdeceb);
    t.delStrong = QColor(0xf7c9c5);
    t.delMark = QColor(0xc8443b);
    t.text = QColor(0x172023);
    t.text2 = QColor(0x4a575c);
    t.text3 = QColor(0x576368);
    t.accentText = QColor(0x095c68);
    t.success = QColor(0x1a7340);
    t.warn = QColor(0x8a5300);
    t.danger = QColor(0xb3261e);
    t.accent = QColor(0x0b6875);
    t.accentHover = QColor(0x085662);
    t.onAccent = QColor(0xffffff);
    t.focus = QColor(0x0b7f8f);
    t.control = QColor(0x7d8a8e);
    t.border = QColor(0xdfe5e5);
    t.borderStrong = QColor(0xc3cdcd);
    t.popoverEdge = QColor(0xc3cdcd);
    t.dangerLine = QColor(0xefbdb7);
    t.warnLine = QColor(0xe6c689);
    t.successLine = QColor(0xa9d9b9);
    t.codeLine = QColor(0xebf0f0);
    t.disabled = QColor(0x98a4a8);
    t.codeKeyword = QColor(0x8b2a86);
    t.codeType = QColor(0x0b6875);
    t.codeFunction = QColor(0x1f59b5);
    t.codeString = QColor(0x26702c);
    t.codeEscape = QColor(0x8a5300);
    t.codeNumber = QColor(0xa2410a);
    t.codeComment = QColor(0x607075);
    t.codePreprocessor = QColor(0x6a45b8);
    t.codeOperator = QColor(0x414e53);
    t.codeName = QColor(0x172023);
    t.mapInstructions = QColor(0x5d6d74);
    t.mapPinned = QColor(0x7c4cc0);
    t.mapFiles = QColor(0x2566c2);
    t.mapConversation = QColor(0x0b7c87);
    t.mapReasoning = QColor(0xa3477f);
    t.mapDraft = QColor(0xb8560b);
    t.mapKept = QColor(0x9ccfd3);
    t.mapFree = QColor(0xe4eaea);
    return t;
}

Theme Theme::darkTheme()
{
    Theme t;
    t.dark = true;
    t.window = QColor(0x0d1214);
    t.surface = QColor(0x141a1d);
    t.raised = QColor(0x1b2326);
    t.popover = QColor(0x20292d);
    t.hover = QColor(0x1f282c);
    t.pressed = QColor(0x29343a);
    t.accentSoft = QColor(0x10363c);
    t.selection = QColor(0x1d5660);
    t.mark = QColor(0x5c4a12);
    t.codeBackground = QColor(0x0f1416);
    t.successSoft = QColor(0x12301f);
    t.warnSoft = QColor(0x35280f);
    t.dangerSoft = QColor(0x331b19);
    t.add = QColor(0x11291b);
    t.addStrong = QColor(0x1d4a2f);
    t.addMark = QColor(0x4db57a);
    t.del = QColor(0x341b1a);
    t.delStrong = QColor(0x5c2b28);
    t.delMark = QColor(0xe8776c);
    t.text = QColor(0xe3eaec);
    t.text2 = QColor(0xa9b6bb);
    t.text3 = QColor(0x919fa5);
    t.accentText = QColor(0x7ad3dd);
    t.success = QColor(0x63c98d);
    t.warn = QColor(0xe0ae52);
    t.danger = QColor(0xff8d80);
    t.accent = QColor(0x57c3cf);
    t.accentHover = QColor(0x78d3dd);
    t.onAccent = QColor(0x04262b);
    t.focus = QColor(0x57c3cf);
    t.control = QColor(0x6d7d84);
    t.border = QColor(0x252f33);
    t.borderStrong = QColor(0x36434a);
    t.popoverEdge = QColor(0x46555d);
    t.dangerLine = QColor(0x6e332d);
    t.warnLine = QColor(0x5e481b);
    t.successLine = QColor(0x23553a);
    t.codeLine = QColor(0x1b2326);
    t.disabled = QColor(0x56646b);
    t.codeKeyword = QColor(0xd999d8);
    t.codeType = QColor(0x6fcbd4);
    t.codeFunction = QColor(0x8db8f5);
    t.codeString = QColor(0x92cf8f);
    t.codeEscape = QColor(0xe0ae52);
    t.codeNumber = QColor(0xf0a27a);
    t.codeComment = QColor(0x8797a0);
    t.codePreprocessor = QColor(0xb8a0f0);
    t.codeOperator = QColor(0xb4c0c4);
    t.codeName = QColor(0xe3eaec);
    t.mapInstructions = QColor(0x8a9aa2);
    t.mapPinned = QColor(0xad88e8);
    t.mapFiles = QColor(0x6ea4ee);
    t.mapConversation = QColor(0x3fb2be);
    t.mapReasoning = QColor(0xd983b4);
    t.mapDraft = QColor(0xeb9a52);
    t.mapKept = QColor(0x2a5f66);
    t.mapFree = QColor(0x263034);
    return t;
}

const QColor &Theme::code(app::syntax::TokenKind kind) const
{
    using app::syntax::TokenKind;
    switch (kind) {
    case TokenKind::Keyword:
        return codeKeyword;
    case TokenKind::Type:
        return codeType;
    case TokenKind::Function:
        return codeFunction;
    case TokenKind::String:
        return codeString;
    case TokenKind::Escape:
        return codeEscape;
    case TokenKind::Number:
        return codeNumber;
    case TokenKind::Comment:
        return codeComment;
    case TokenKind::Preprocessor:
        return codePreprocessor;
    case TokenKind::Operator:
        return codeOperator;
    case TokenKind::Name:
        break;
    }
    return codeName;
}

QColor blend(const QColor &over, const QColor &under, qreal opacity)
{
    const auto mix = [&](int a, int b) { return int(a * opacity + b * (1 - opacity) + 0.5); };
    return QColor(mix(over.red(), under.red()), mix(over.green(), under.green()),
                  mix(over.blue(), under.blue()));
}

} // namespace ui
