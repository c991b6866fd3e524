#include "app/chat/exchange/chat_html.h"

#include "app/chat/markdown.h"
#include "app/chat/markdown_stream.h"
#include "app/chat/message_tree.h"
#include "app/syntax/lexer.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QUrl>

namespace app {

namespace {

using markdown::Alignment;
using markdown::Block;
using markdown::BlockKind;
using markdown::Container;
using markdown::Text;

// Colours: the tokens of the window's two themes (ui/appearance.cpp).
constexpr const char *kStyle = R"css(
:root{color-scheme:light dark;--paper:#fff;--ink:#172023;--ink2:#4a575c;--soft:#f6f8f8;--line:#dfe5e5;--code:#f5f7f7;--link:#095c68;
--keyword:#8b2a86;--type:#0b6875;--function:#1f59b5;--string:#26702c;--number:#a2410a;--comment:#607075;--pre:#6a45b8}
@media(prefers-color-scheme:dark){:root{--paper:#141a1d;--ink:#e3eaec;--ink2:#a9b6bb;--soft:#1b2326;--line:#252f33;--code:#0f1416;--link:#7ad3dd;
--keyword:#d999d8;--type:#6fcbd4;--function:#8db8f5;--string:#92cf8f;--number:#f0a27a;--comment:#8797a0;--pre:#b8a0f0}}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.6 "Noto Sans","Noto Sans CJK SC",system-ui,sans-serif}
main{max-width:720px;margin:32px auto;padding:0 24px}h1{font-size:24px}.time,.who{color:var(--ink2);font-size:12px}
.you{background:var(--soft);border:1px solid var(--line);border-radius:12px;padding:10px 14px;margin:24px 0 24px 20%;white-space:pre-wrap;overflow-wrap:anywhere}
.answer{margin:24px 0;overflow-wrap:anywhere}.answer h1,.answer h2,.answer h3{font-size:17px}
pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:10px 14px;overflow-x:auto;font:13px/20px "JetBrains Mono","DejaVu Sans Mono",monospace}
code{background:var(--code);font:13px "JetBrains Mono","DejaVu Sans Mono",monospace}pre code{background:none}
table{border-collapse:collapse}td,th{border:1px solid var(--line);padding:4px 10px;text-align:left}
blockquote{margin:8px 0;padding-left:14px;border-left:3px solid var(--line);color:var(--ink2)}a{color:var(--link)}
details{color:var(--ink2);border-left:2px solid var(--line);padding-left:14px;margin:8px 0}
.formula{overflow-x:auto;overflow-y:hidden}svg{max-width:none;overflow:visible}
.file{margin:24px 0 -16px 20%}.file pre{white-space:pre-wrap;overflow-wrap:anywhere}
.keyword{color:var(--keyword)}.type{color:var(--type)}.function{color:var(--function)}.string,.escape{color:var(--string)}
.number{color:var(--number)}.comment{color:var(--comment)}.pre{color:var(--pre)}
@media print{main{margin:0;max-width:none}.you{margin-left:0}pre{white-space:pre-wrap}}
)css";

constexpr const char *kPrintStyle = R"css(
body{color:#172023;font-family:"Noto Sans","Noto Sans CJK SC";font-size:10pt}.time,.who{color:#4a575c;font-size:8pt}
h1{font-size:17pt}h2{font-size:14pt}h3{font-size:12pt}h4,h5,h6{font-size:10pt}
.you{background-color:#f6f8f8}pre,code{background-color:#f5f7f7;font-family:"JetBrains Mono","DejaVu Sans Mono","Noto Sans Mono CJK SC";font-size:9pt}
pre{white-space:pre-wrap}td,th{border:1px solid #dfe5e5;padding:3px}
.keyword{color:#8b2a86}.type{color:#0b6875}.function{color:#1f59b5}.string,.escape{color:#26702c}.number{color:#a2410a}.comment{color:#607075}.pre{color:#6a45b8}
)css";

struct ChatExport
{
    Q_DECLARE_TR_FUNCTIONS(ChatExport)
};

// Line breaks of a paragraph too.
QString escaped(const QString &words)
{
    return words.toHtmlEscaped().replace(QChar::LineSeparator, QStringLiteral("<br>"));
}

QString formulaHtml(const math::FormulaSource &source, const HtmlOptions &options)
{
    return options.formula ? options.formula(source) : QString();
}

QString htmlOf(const Text &words, const HtmlOptions &options)
{
    QString html;
    int at = 0;
    for (const markdown::Span &span : words.spans) {
        html += escaped(words.text.mid(at, span.start - at));
        QString inner = escaped(words.text.mid(span.start, span.length));
        QString formula;
        if (span.styles & markdown::Math)
            formula = formulaHtml({words.text.mid(span.start, span.length), (span.styles & markdown::Display) != 0}, options);
        if (!formula.isEmpty())
            inner = formula;
        else if (span.styles & (markdown::Code | markdown::Math))
            inner = QStringLiteral("<code>%1</code>").arg(inner);
        if (span.styles & markdown::Bold)
            inner = QStringLiteral("<b>%1</b>").arg(inner);
        if (span.styles & markdown::Emphasis)
            inner = QStringLiteral("<i>%1</i>").arg(inner);
        if (span.styles & markdown::Strike)
            inner = QStringLiteral("<s>%1</s>").arg(inner);
        // A page for others names no picture that a viewer could fetch.
        if (span.link >= 0 && !words.pictures.contains(span.link)) {
            const QUrl url(words.links.value(span.link), QUrl::StrictMode);
            const QString scheme = url.scheme().toLower();
            if (url.isValid() && (scheme == QLatin1String("http") || scheme == QLatin1String("https") || scheme == QLatin1String("mailto")))
                inner = QStringLiteral("<a rel=\"noopener noreferrer\" href=\"%1\">").arg(QString::fromUtf8(url.toEncoded()).toHtmlEscaped()) + inner +
                        QStringLiteral("</a>");
        }
        html += inner;
        at = span.start + span.length;
    }
    return html + escaped(words.text.mid(at));
}

const char *classOf(syntax::TokenKind kind)
{
    using syntax::TokenKind;
    switch (kind) {
    case TokenKind::Keyword:
        return "keyword";
    case TokenKind::Type:
        return "type";
    case TokenKind::Function:
        return "function";
    case TokenKind::String:
        return "string";
    case TokenKind::Escape:
        return "escape";
    case TokenKind::Number:
        return "number";
    case TokenKind::Comment:
        return "comment";
    case TokenKind::Preprocessor:
        return "pre";
    case TokenKind::Name:
    case TokenKind::Operator:
        break;
    }
    return nullptr;
}

QString codeHtml(const QString &code, const QString &language)
{
    const syntax::Language *known = syntax::findLanguage(language);
    QString html = QStringLiteral("<pre><code>");
    int state = syntax::kInitialState;
    QVector<syntax::Span> spans;
    const QStringList lines = code.split(QLatin1Char('\n'));
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QString &line = lines[i];
        int at = 0;
        if (known)
            state = syntax::lexLine(*known, line, state, spans);
        for (const syntax::Span &span : std::as_const(spans)) {
            html += line.mid(at, span.start - at).toHtmlEscaped();
            const QString words = line.mid(span.start, span.length).toHtmlEscaped();
            const char *name = classOf(span.kind);
            html += name ? QStringLiteral("<span class=\"%1\">").arg(QLatin1String(name)) + words + QStringLiteral("</span>") : words;
            at = span.start + span.length;
        }
        html += line.mid(at).toHtmlEscaped();
        if (i + 1 < lines.size())
            html += QLatin1Char('\n');
    }
    return html + QStringLiteral("</code></pre>\n");
}

QString tableHtml(const Block &block, const HtmlOptions &options)
{
    QString html = QStringLiteral("<table>");
    for (qsizetype r = 0; r < block.rows.size(); ++r) {
        const QLatin1String tag(r == 0 ? "th" : "td");
        html += QStringLiteral("<tr>");
        for (qsizetype c = 0; c < block.rows[r].size(); ++c) {
            const Alignment alignment = block.alignments.value(c);
            const char *align = alignment == Alignment::Center ? " align=\"center\"" : alignment == Alignment::Right ? " align=\"right\"" : "";
            html += QLatin1Char('<') + tag + QLatin1String(align) + QLatin1Char('>') + htmlOf(block.rows[r][c], options) + QStringLiteral("</") + tag + QLatin1Char('>');
        }
        html += QStringLiteral("</tr>");
    }
    return html + QStringLiteral("</table>\n");
}

QString bodyOf(const Block &block, const HtmlOptions &options)
{
    switch (block.kind) {
    case BlockKind::Heading:
        return QStringLiteral("<h%1>").arg(block.level) + htmlOf(block.text, options) + QStringLiteral("</h%1>\n").arg(block.level);
    case BlockKind::Code:
        return codeHtml(block.code, block.language);
    case BlockKind::Formula: {
        const QString formula = formulaHtml({block.code, true}, options);
        return formula.isEmpty() ? codeHtml(block.code, QString()) : QStringLiteral("<p class=\"formula\" align=\"center\">") + formula + QStringLiteral("</p>\n");
    }
    case BlockKind::Table:
        return tableHtml(block, options);
    case BlockKind::Rule:
        return QStringLiteral("<hr>\n");
    case BlockKind::Paragraph:
        break;
    }
    return block.tight ? htmlOf(block.text, options) + QLatin1Char('\n') : QStringLiteral("<p>") + htmlOf(block.text, options) + QStringLiteral("</p>\n");
}

// Lists and quotes open and close as the containers of one block after the other ask.
class Nesting
{
public:
    QString change(const QVector<Container> &to)
    {
        QString html;
        qsizetype same = 0;
        while (same < m_open.size() && same < to.size() && kindOf(m_open[same].kind) == kindOf(to[same].kind) &&
               !(to[same].begins && to[same].kind == Container::Quote))
            ++same;
        // An item that begins ends the one before, with all that is in it.
        for (qsizetype i = 0; i < same; ++i)
            if (to[i].begins && isItem(to[i].kind)) {
                html += closeDownTo(i + 1) + QStringLiteral("</li>\n") + itemHtml(to[i]);
                same = i + 1;
                break;
            }
        html += closeDownTo(same);
        for (qsizetype i = same; i < to.size(); ++i) {
            m_open << to[i];
            html += to[i].kind == Container::Quote    ? QStringLiteral("<blockquote>\n")
                    : to[i].kind == Container::Number ? QStringLiteral("<ol start=\"%1\">").arg(to[i].number) + itemHtml(to[i])
                                                      : QStringLiteral("<ul>") + itemHtml(to[i]);
        }
        return html;
    }
    QString closeDownTo(qsizetype depth)
    {
        QString html;
        while (m_open.size() > depth) {
            const Container last = m_open.takeLast();
            html += last.kind == Container::Quote    ? QStringLiteral("</blockquote>\n")
                    : last.kind == Container::Number ? QStringLiteral("</li></ol>\n")
                                                     : QStringLiteral("</li></ul>\n");
        }
        return html;
    }

private:
    static bool isItem(Container::Kind kind) { return kind != Container::Quote; }
    static int kindOf(Container::Kind kind) { return kind == Container::Quote ? 0 : kind == Container::Number ? 1 : 2; }
    static QString itemHtml(const Container &container)
    {
        return container.kind == Container::TaskDone   ? QStringLiteral("<li>\u2611 ")
               : container.kind == Container::TaskOpen ? QStringLiteral("<li>\u2610 ")
                                                       : QStringLiteral("<li>");
    }

    QVector<Container> m_open;
};

QString markdownHtml(const QString &source, const HtmlOptions &options)
{
    markdown::MarkdownStream stream;
    stream.append(source);
    stream.finish();
    QString html;
    Nesting nesting;
    for (const Block &block : stream.blocks())
        html += nesting.change(block.containers) + bodyOf(block, options);
    return html + nesting.closeDownTo(0);
}

// In print their names: a file of a hundred pages would be all there is to see.
QString attachmentsHtml(const QVector<AttachmentRecord> &attachments, const HtmlOptions &options)
{
    QString html;
    for (const AttachmentRecord &a : attachments) {
        const QString name = a.name.simplified().toHtmlEscaped() + (a.note.isEmpty() ? QString() : QStringLiteral(" · ") + a.note.toHtmlEscaped());
        html += options.forPrinting ? QStringLiteral("<p class=\"who\">") + ChatExport::tr("Attached: %1").arg(name) + QStringLiteral("</p>\n")
                                    : QStringLiteral("<details class=\"file\"><summary>") + ChatExport::tr("Attached: %1").arg(name) +
                                          QStringLiteral("</summary>\n<pre>") + a.text.toHtmlEscaped() + QStringLiteral("</pre></details>\n");
    }
    return html;
}

} // namespace

QString chatToHtml(const ExchangedChat &chat, const HtmlOptions &options)
{
    const ConversationRecord &c = chat.contents.conversation;
    const QString title = (c.title.isEmpty() ? ChatExport::tr("New chat") : c.title.simplified()).toHtmlEscaped();
    const auto time = [](qint64 ms) { return QLocale().toString(QDateTime::fromMSecsSinceEpoch(ms), QLocale::ShortFormat).toHtmlEscaped(); };
    QString html = QStringLiteral("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
                                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
                                  "<meta name=\"viewport\" content=\"width=device-width\"><title>") +
                   title + QStringLiteral("</title><style>") + QLatin1String(options.forPrinting ? kPrintStyle : kStyle) +
                   QStringLiteral("</style></head><body><main>\n<h1>") + title + QStringLiteral("</h1>\n<p class=\"time\">") + time(c.created) +
                   QStringLiteral("</p>\n");
    MessageTree tree;
    tree.reset(chat.contents.messages);
    for (const MessageRecord &m : tree.messages(tree.path(tree.leafOrNewest(c.currentLeaf)))) {
        if (m.role == Role::User) {
            // QTextDocument knows no pre-wrap for a block's own line breaks.
            const QString words = m.content.toHtmlEscaped();
            html += attachmentsHtml(m.attachments, options);
            html += QStringLiteral("<div class=\"you\">") + (options.forPrinting ? QString(words).replace(QLatin1Char('\n'), QStringLiteral("<br>")) : words) +
                    QStringLiteral("</div>\n");
            continue;
        }
        html += QStringLiteral("<div class=\"answer\"><p class=\"who\">") + (m.model.isEmpty() ? ChatExport::tr("Answer") : m.model).toHtmlEscaped() +
                QStringLiteral("</p>\n");
        if (!m.reasoning.isEmpty() && !options.forPrinting)
            html += QStringLiteral("<details><summary>") + ChatExport::tr("Thought for %1 s").arg(double(m.reasoningMs) / 1000, 0, 'f', 0).toHtmlEscaped() +
                    QStringLiteral("</summary>\n") + markdownHtml(m.reasoning, options) + QStringLiteral("</details>\n");
        html += markdownHtml(m.content, options) + QStringLiteral("</div>\n");
    }
    return html + QStringLiteral("</main></body></html>\n");
}

} // namespace app
