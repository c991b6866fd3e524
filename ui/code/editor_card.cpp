#include "ui/code/editor_card.h"

#include "ui/actions.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

// What an empty editor says, in its middle. The editor stays a place to type.
class EditorCard::EmptyHint : public QWidget
{
public:
    EmptyHint(Appearance &appearance, CodeEditor *editor)
        : QWidget(editor->viewport()), m_appearance(appearance), m_editor(editor), m_words(new QLabel(this)),
          m_open(new TextButton(appearance, EditorCard::tr("Open file"), TextButton::Kind::Outlined, this)),
          m_paste(new TextButton(appearance, EditorCard::tr("Paste code"), TextButton::Kind::Outlined, this))
    {
        m_open->setIconName(QStringLiteral("folder"));
        m_paste->setIconName(QStringLiteral("copy"));
        m_words->setText(EditorCard::tr("Write what to build, or open a file."));
        m_words->setAlignment(Qt::AlignCenter);
        auto *buttons = new QHBoxLayout;
        buttons->setSpacing(8);
        buttons->addStretch(1);
        buttons->addWidget(m_open);
        buttons->addWidget(m_paste);
        buttons->addStretch(1);
        auto *all = new QVBoxLayout(this);
        all->setContentsMargins(0, 0, 0, 0);
        all->setSpacing(14);
        all->addWidget(m_words);
        all->addLayout(buttons);
        editor->viewport()->installEventFilter(this);
        connect(editor, &CodeEditor::textChanged, this, &EmptyHint::place);
        connect(m_paste, &TextButton::clicked, editor, &CodeEditor::paste);
    }

    TextButton *openButton() const { return m_open; }
    TextButton *pasteButton() const { return m_paste; }
    void applyType()
    {
        m_words->setFont(m_appearance.font(FontRole::Reading));
        QPalette palette = m_words->palette();
        palette.setColor(QPalette::WindowText, m_appearance.theme().text2);
        m_words->setPalette(palette);
        place();
    }
    void place()
    {
        setVisible(m_editor->document()->isEmpty() && !m_editor->isReadOnly());
        const QSize size = sizeHint();
        const QWidget *viewport = m_editor->viewport();
        const int left = (viewport->width() - m_editor->viewport()->x() - size.width()) / 2;
        setGeometry(std::max(0, left), std::max(40, viewport->height() / 2 - size.height()), size.width(),
                    size.height());
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Resize)
            place();
        return QWidget::eventFilter(watched, event);
    }

private:
    Appearance &m_appearance;
    CodeEditor *m_editor;
    QLabel *m_words;
    TextButton *m_open, *m_paste;
};

EditorCard::EditorCard(Appearance &appearance, QWidget *parent)
    : Card(appearance, parent), m_appearance(appearance), m_find(new EditorFindBar(appearance, this)),
      m_stack(new QStackedWidget(this)), m_editor(new CodeEditor(appearance, m_stack)),
      m_former(new CodeEditor(appearance, m_stack)), m_splitter(new QSplitter(Qt::Vertical, this))
{
    m_editor->setAccessibleName(tr("Code"));
    m_former->setAccessibleName(tr("Source before the last answer"));
    m_former->setReadOnly(true);
    m_former->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_hint = new EmptyHint(appearance, m_editor);
    connect(m_hint->openButton(), &TextButton::clicked, this, &EditorCard::openRequested);
    connect(m_editor, &CodeEditor::zoomChanged, m_former, &CodeEditor::setZoom);
    connect(m_former, &CodeEditor::zoomChanged, m_editor, &CodeEditor::setZoom);
    m_stack->addWidget(m_editor);
    m_stack->addWidget(m_former);
    m_find->setEditor(m_editor);

    auto *upper = new QWidget(m_splitter);
    m_noticePlace = new QVBoxLayout;
    m_noticePlace->setContentsMargins(12, 0, 12, 0);
    auto *column = new QVBoxLayout(upper);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(m_noticePlace);
    column->addWidget(m_find);
    column->addWidget(m_stack, 1);
    m_splitter->addWidget(upper);
    m_splitter->addWidget(buildProse());
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(3);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 0);

    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(buildHead());
    all->addWidget(m_splitter, 1);
    // Tab goes from the head to the text; in the text it indents.
    const QVector<QWidget *> order{m_switch, m_codeTab, m_formerTab, m_open, m_findButton, m_copy, m_use, m_save, m_hint->openButton(), m_hint->pasteButton(), m_editor, m_former};
    for (int i = 0; i + 1 < order.size(); ++i)
        setTabOrder(order[i], order[i + 1]);
    connect(&appearance, &Appearance::changed, this, &EditorCard::applyType);
    applyType();
    setFileName({}, {});
    setFormerShown(false, {});
    m_prosePane->hide();
}

QWidget *EditorCard::buildHead()
{
    auto *head = new CardHead(m_appearance, CardHead::Kind::Card, this);
    m_switch = new IconButton(m_appearance, QStringLiteral("chevron-left"), tr("Show the task"), head);
    m_switch->hide();
    m_codeTab = new TabButton(m_appearance, QStringLiteral("file"), head);
    m_codeTab->setChecked(true);
    m_formerTab = new TabButton(m_appearance, QStringLiteral("clock"), head);
    m_use = new TextButton(m_appearance, tr("Use as source"), TextButton::Kind::Outlined, head);
    m_use->setIconName(QStringLiteral("undo"));
    m_use->setToolTip(tr("Brings this text back into the editor; what is there now comes here"));
    m_open = new IconButton(m_appearance, QStringLiteral("folder"), tr("Open file"), head);
    m_open->setName(tr("Open file"), actionKeys("code.open"));
    m_findButton = new IconButton(m_appearance, QStringLiteral("search"), tr("Find in this text"), head);
    m_findButton->setName(tr("Find in this text"), actionKeys("code.find"));
    m_copy = new IconButton(m_appearance, QStringLiteral("copy"), tr("Copy code"), head);
    m_copy->setName(tr("Copy code"), actionKeys("code.copy"));
    m_save = new TextButton(m_appearance, tr("Save as…"), TextButton::Kind::Outlined, head);
    m_save->setIconName(QStringLiteral("save"));
    for (TextButton *button : {m_use, m_save})
        button->setButtonHeight(28);

    auto *line = new QHBoxLayout(head);
    line->setContentsMargins(8, 0, 8, 1);
    line->setSpacing(4);
    line->addWidget(m_switch);
    line->addWidget(m_codeTab);
    line->addWidget(m_formerTab);
    line->addStretch(1);
    line->addWidget(m_open);
    line->addWidget(m_findButton);
    line->addWidget(m_copy);
    line->addSpacing(4);
    line->addWidget(m_use);
    line->addWidget(m_save);

    connect(m_switch, &IconButton::clicked, this, &EditorCard::taskRequested);
    connect(m_codeTab, &TabButton::clicked, this, [this] { showTab(false); });
    connect(m_formerTab, &TabButton::clicked, this, [this] { showTab(true); });
    connect(m_use, &TextButton::clicked, this, &EditorCard::useFormerRequested);
    connect(m_open, &IconButton::clicked, this, &EditorCard::openRequested);
    connect(m_findButton, &IconButton::clicked, m_find, &EditorFindBar::open);
    connect(m_save, &TextButton::clicked, this, &EditorCard::saveAsRequested);
    connect(m_copy, &IconButton::clicked, this, &EditorCard::copyCode);
    return head;
}

void EditorCard::copyCode()
{
    CodeEditor *seen = isFormerSeen() ? m_former : m_editor;
    const QString chosen = seen->textCursor().selectedText().replace(QChar::ParagraphSeparator, u'\n');
    QGuiApplication::clipboard()->setText(chosen.isEmpty() ? seen->text() : chosen);
    Q_EMIT copied();
}

QWidget *EditorCard::buildProse()
{
    m_prosePane = new QWidget(m_splitter);
    auto *head = new CardHead(m_appearance, CardHead::Kind::Pane, m_prosePane);
    m_proseTitle = new QLabel(head);
    auto *copy = new IconButton(m_appearance, QStringLiteral("copy"), tr("Copy the notes"), head);
    auto *hide = new IconButton(m_appearance, QStringLiteral("chevron-down"), tr("Hide the notes"), head);
    hide->setName(tr("Hide the notes"), actionKeys("code.notes"));
    auto *line = new QHBoxLayout(head);
    line->setContentsMargins(20, 1, 8, 0);
    line->setSpacing(4);
    line->addWidget(m_proseTitle, 1);
    line->addWidget(copy);
    line->addWidget(hide);
    m_prose = new ProseView(m_appearance, m_prosePane);
    auto *column = new QVBoxLayout(m_prosePane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(head);
    column->addWidget(m_prose, 1);
    m_prosePane->setMinimumHeight(120);
    connect(copy, &IconButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_prose->markdown());
        Q_EMIT copied();
    });
    connect(hide, &IconButton::clicked, this, [this] { m_prosePane->hide(); });
    return m_prosePane;
}

void EditorCard::setFileName(const QString &name, const QString &path)
{
    m_codeTab->setName(name.isEmpty() ? tr("Code") : name, path);
}

void EditorCard::setFormerShown(bool shown, const QString &name)
{
    m_formerTab->setName(name.isEmpty() ? tr("Source") : tr("Source: %1").arg(name),
                         tr("The text that was in the editor before the last answer"));
    m_formerTab->setVisible(shown);
    if (!shown)
        showTab(false);
}

void EditorCard::setMark(TabButton::Mark mark)
{
    m_codeTab->setMark(mark);
}

void EditorCard::showTab(bool former)
{
    m_codeTab->setChecked(!former);
    m_formerTab->setChecked(former);
    m_stack->setCurrentWidget(former ? m_former : m_editor);
    m_find->setEditor(former ? m_former : m_editor);
    m_use->setVisible(former);
    m_save->setVisible(!former);
}

void EditorCard::showEditorTab()
{
    showTab(false);
}

void EditorCard::showFormerTab()
{
    showTab(true);
}

bool EditorCard::hasFormer() const
{
    return !m_formerTab->isHidden();
}

bool EditorCard::isFormerSeen() const
{
    return m_stack->currentWidget() == m_former;
}

void EditorCard::setProseShown(bool shown, const QString &title, qreal share)
{
    m_proseTitle->setText(title);
    if (shown && m_prosePane->isHidden()) {
        m_prosePane->show();
        const int below = std::max(208, int(m_splitter->height() * share));
        m_splitter->setSizes({std::max(100, m_splitter->height() - below), below});
    } else if (!shown) {
        m_prosePane->hide();
    }
}

bool EditorCard::isProseShown() const
{
    return !m_prosePane->isHidden();
}

Notice *EditorCard::showNotice(Notice::Kind kind, const QString &icon, const QString &title,
                               const QString &sentence)
{
    hideNotice();
    m_notice = new Notice(m_appearance, kind, this);
    m_notice->setIconName(icon);
    m_notice->setWords(title, sentence);
    m_notice->setClosable(true);
    connect(m_notice, &Notice::closed, this, &EditorCard::hideNotice);
    m_noticePlace->setContentsMargins(12, 10, 12, 4);
    m_noticePlace->addWidget(m_notice);
    m_notice->show();
    return m_notice;
}

void EditorCard::hideNotice()
{
    if (!m_notice)
        return;
    m_notice->hide();
    m_notice->deleteLater(); // one of its buttons may be the sender
    m_notice = nullptr;
    m_noticePlace->setContentsMargins(12, 0, 12, 0);
}

void EditorCard::setSwitchShown(bool shown)
{
    m_switch->setVisible(shown);
}

void EditorCard::resizeEvent(QResizeEvent *event)
{
    Card::resizeEvent(event);
    m_hint->place();
}

void EditorCard::applyType()
{
    m_proseTitle->setFont(m_appearance.font(FontRole::UiBold));
    QPalette palette = m_proseTitle->palette();
    palette.setColor(QPalette::WindowText, m_appearance.theme().text);
    m_proseTitle->setPalette(palette);
    m_hint->applyType();
    update();
}

} // namespace ui
