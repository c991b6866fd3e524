// One message as the transcript shows it: its items, from the bubble or the reasoning down to the row of
// actions. Grows with a streaming answer and makes only the items of the tail anew.
#pragma once

#include "app/chat/chat_context.h"
#include "app/chat/markdown_stream.h"
#include "ui/chat/message_items.h"
#include "ui/chat/token_lens_item.h"

#include <functional>
#include <optional>
#include <vector>

namespace ui {

struct Placed
{
    std::unique_ptr<Item> item;
    int x = 0, y = 0, width = 0, height = 0;
    bool laidOut = false;
};

// What the session knows and the record does not.
struct MessageExtras
{
    int version = 1, versions = 1;
    bool last = false;        // its actions are always shown
    bool busy = false;        // some answer is under way
    bool active = false;      // this one is
    bool canContinue = false; // ended early and is the last
    bool compared = false;    // beside another answer: of its actions only those that concern it alone, its figures stand elsewhere
    bool wordsAlone = false;  // neither actions nor how it ended
    std::optional<Progress> progress;
    bool thinking = false;
    qint64 thinkingMs = 0;
    app::Sight sight = app::Sight::Seen; // of the model
    bool beginsTurn = false;             // what is said of the turn stands above it
    QString summary;                     // that the model sees from here on, in place of so many turns
    int summaryTurns = 0;
    friend bool operator==(const MessageExtras &, const MessageExtras &) = default;
};

// "348 tokens · 71.2 tok/s · first token after 0.3 s", and what the prompt was; only what was measured, and nothing where nothing was.
QString answerFigures(const app::MessageRecord &record, bool withPrompt);

class MessageView
{
public:
    MessageView(const Appearance &appearance, const app::MessageRecord &record);

    qint64 id() const { return m_record.id; }
    const app::MessageRecord &record() const { return m_record; }
    bool isUser() const { return m_record.role == app::Role::User; }

    void
    setRecord(const app::MessageRecord &record); // everything but growing texts; these too when they differ
    void setExtras(const MessageExtras &extras);
    void appendText(const QString &text);
    void appendReasoning(const QString &text);
    void setReasoningUnfolded(bool unfolded);
    bool reasoningUnfolded() const { return m_unfolded; }
    void toggleBubble();

    // Shows the answer and its reasoning as tokens instead; null: as it is written.
    void setLens(std::shared_ptr<const app::TokenLens> lens, bool doubt);
    bool hasLens() const { return m_lens != nullptr; }
    // The item that holds a token, laid out; null: it is not shown.
    const Placed *lensPlaced(int token) const;
    void setLensToken(int token, int room); // see TokenLensItem::setCurrent()

    // The texts of the answer's items, one each, laid out; and what of each is marked: (begin, length).
    QStringList contentTexts() const;
    void setDifferences(const QVector<QVector<QPair<int, int>>> &differences) { m_differences = differences; }

    // Makes and places what is missing for this width; gives the height. Cheap when nothing changed.
    int layout(int width);
    bool isLaidOut(int width) const { return m_width == width && !m_dirty; }
    int height() const { return m_height; }
    int estimatedHeight(int width) const;
    // Forgets the items and keeps the height, for messages far away.
    void release();
    // Colours and fonts changed.
    void restyle();
    // An item changed what it shows itself.
    void layoutAgain(int index);
    // Formulas can be painted now: lays out anew the blocks that waited for them. True: there were some.
    bool takeFormulas();

    int itemCount() const { return int(m_flat.size()); }
    Placed &item(int index) const { return *m_flat[size_t(index)]; }
    bool isReasoningItem(int index) const { return index >= m_reasoningFrom && index < m_reasoningTo; }
    // Index of the item at a height, at the nearest end when outside. -1: there is none.
    int itemAt(int y) const;
    // `context` in the coordinates of the message; `selected` gives the selected characters of an item.
    void paint(QPainter &painter, const PaintContext &context,
               const std::function<std::pair<int, int>(int item)> &selected) const;
    // What is selected as Markdown: blocks that are selected whole with all their marks.
    QString markdown(const std::function<std::pair<int, int>(int item)> &selected) const;
    QString accessibleText() const;

private:
    using Items = std::vector<std::unique_ptr<Placed>>;
    struct Section // Markdown shown as items
    {
        app::markdown::MarkdownStream stream;
        QVector<app::markdown::Block> shown;
        int sealedShown = 0;
        Items items;
    };

    void parseRecord();
    void syncSection(Section &section, const BlockType &type);
    void buildHead();
    void buildFirst(); // without the note
    void buildTail();
    void place(int width);
    void makeLensItems();
    Ending ending() const;
    Ending sightNote() const; // without words where there is nothing to say

    const Appearance &m_appearance;
    app::MessageRecord m_record;
    MessageExtras m_extras;
    Section m_content, m_reasoning;
    Items m_head, m_tail;
    std::shared_ptr<const app::TokenLens> m_lens;
    bool m_lensDoubt = false;
    Items m_lensContent, m_lensReasoning; // instead of the sections' items
    std::vector<Placed *> m_flat;
    int m_ruleTop = 0, m_ruleBottom = 0; // beside the unfolded reasoning
    int m_reasoningFrom = 0, m_reasoningTo = 0; // its items
    int m_contentFrom = 0, m_contentTo = 0;     // and those of the answer
    QVector<QVector<QPair<int, int>>> m_differences;
    int m_notes = 0;                            // items at the beginning that say what the model sees
    int m_width = -1, m_height = 0;
    mutable int m_estimate = 0, m_estimateWidth = -1;
    mutable qsizetype m_estimatedSize = -1;
    bool m_dirty = true;
    bool m_unfolded = false, m_bubbleUnfolded = false;
    bool m_parsed = false;
};

} // namespace ui
