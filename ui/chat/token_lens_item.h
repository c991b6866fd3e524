// An answer as its tokens, in plain text: one of them is the current one, and below its line there may be room for its alternatives.
#pragma once

#include "ui/chat/item.h"
#include "ui/chat/lens_text.h"
#include "ui/chat/rich_text.h"

#include <memory>
#include <vector>

namespace ui {

class TokenLensItem : public Item
{
public:
    // Of the tokens from `first` up to `last`. `doubt`: where the model was unsure is underlined.
    TokenLensItem(const Appearance &appearance, std::shared_ptr<const app::TokenLens> lens, int first, int last, const TextType &type, bool doubt);

    int layout(int width) override;
    void paint(QPainter &painter, const PaintContext &context) const override;
    Hot hotAt(const QPointF &point) const override;
    QString accessibleText() const override;

    bool holds(int token) const { return token >= m_first && token < m_last; }
    int tokenAt(const QPointF &point) const; // -1: none
    QRectF rectOf(int token) const;          // in the item; empty: it has no character
    // -1: none. `room` px are free below its line.
    void setCurrent(int token, int room);

private:
    struct Block
    {
        LensParagraph paragraph;
        std::unique_ptr<RichText> words;
        int y = 0; // without the room
    };
    struct Place
    {
        int block = -1;
        QRectF rect; // without the room
    };
    Place placeOf(int token) const;
    QRectF rectOf(const Block &block, const LensParagraph::Piece &piece) const;
    void paintBlocks(QPainter &painter, const PaintContext &context, qreal from, qreal to) const;
    void paintDoubt(QPainter &painter, const QRectF &rect) const;

    const Appearance &m_appearance;
    const std::shared_ptr<const app::TokenLens> m_lens;
    const int m_first, m_last;
    const bool m_doubt;
    std::vector<Block> m_blocks;
    std::vector<int> m_blockOf; // by token from m_first on; -1: it has no character
    int m_width = -1, m_height = 0, m_lineHeight = 24;
    int m_current = -1, m_room = 0;
    qreal m_roomAt = 0; // y of the room
};

} // namespace ui
