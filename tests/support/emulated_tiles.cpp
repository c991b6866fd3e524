#include "tests/support/emulated_tiles.h"

#include <cstring>

namespace test {

using namespace kernels;

TileMachine &TileMachine::ofThisThread()
{
    static thread_local TileMachine machine;
    return machine;
}

const char *TileMachine::takeError()
{
    const char *error = m_error;
    m_error = nullptr;
    return error;
}

// The first mistake is the one to know.
bool TileMachine::refuse(bool wrong, const char *error)
{
    if (wrong && !m_error)
        m_error = error;
    return wrong;
}

// #UD of every instruction that names a register.
bool TileMachine::usable(int tile)
{
    if (refuse(!m_configured, "a tile instruction without a configuration"))
        return false;
    if (refuse(tile < 0 || tile >= kTileRegisters, "a register that does not exist"))
        return false;
    return !refuse(m_tiles[tile].rows == 0 || m_tiles[tile].rowBytes == 0, "a register without a shape");
}

// LDTILECFG: #GP for what is not allowed; all registers are zeroed.
void TileMachine::configure(const TileConfig &config)
{
    if (config.palette == 0)
        return release();
    bool wrong = refuse(config.palette != 1, "a palette that does not exist");
    for (const std::uint8_t byte : config.reserved)
        wrong |= refuse(byte != 0, "reserved bytes of the configuration that are not zero");
    for (int tile = 0; tile < 16; ++tile) {
        const std::uint8_t rows = config.rows[tile];
        const std::uint16_t rowBytes = config.rowBytes[tile];
        if (tile >= kTileRegisters)
            wrong |= refuse(rows != 0 || rowBytes != 0, "a shape for a register that does not exist");
        wrong |= refuse(rows > kTileRows, "more than 16 rows");
        wrong |= refuse(rowBytes > kTileRowBytes, "rows of more than 64 bytes");
        wrong |= refuse((rows == 0) != (rowBytes == 0), "rows without bytes, or bytes without rows");
    }
    wrong |= refuse(config.startRow != 0, "a start row, which only an interrupted instruction leaves");
    if (wrong)
        return;
    for (int tile = 0; tile < kTileRegisters; ++tile) {
        m_tiles[tile] = {};
        m_tiles[tile].rows = config.rows[tile];
        m_tiles[tile].rowBytes = config.rowBytes[tile];
    }
    m_configured = true;
}

void TileMachine::release()
{
    for (Tile &tile : m_tiles)
        tile = {};
    m_configured = false;
}

void TileMachine::zero(int tile)
{
    if (usable(tile))
        std::memset(m_tiles[tile].bytes, 0, sizeof m_tiles[tile].bytes);
}

// Bytes and rows outside the shape become zero.
void TileMachine::load(int tile, const void *rows, std::size_t stride)
{
    if (!usable(tile))
        return;
    Tile &to = m_tiles[tile];
    std::memset(to.bytes, 0, sizeof to.bytes);
    for (std::uint8_t row = 0; row < to.rows; ++row)
        std::memcpy(to.bytes[row], static_cast<const std::uint8_t *>(rows) + row * stride, to.rowBytes);
}

void TileMachine::store(int tile, void *rows, std::size_t stride)
{
    if (!usable(tile))
        return;
    const Tile &from = m_tiles[tile];
    for (std::uint8_t row = 0; row < from.rows; ++row)
        std::memcpy(static_cast<std::uint8_t *>(rows) + row * stride, from.bytes[row], from.rowBytes);
}

// TDPBSUD: sums(m, n) += sum over k and 4 bytes of signed a(m, 4 k + i) * unsigned b(k, 4 n + i), wrapping.
void TileMachine::dotSignedUnsigned(int sums, int a, int b)
{
    if (refuse(sums == a || a == b || sums == b, "a product with a register twice"))
        return;
    if (!usable(sums) || !usable(a) || !usable(b))
        return;
    Tile &c = m_tiles[sums];
    const Tile &left = m_tiles[a], &right = m_tiles[b];
    if (refuse(c.rowBytes % 4 != 0 || left.rowBytes % 4 != 0 || right.rowBytes % 4 != 0, "rows that are no whole number of 4 bytes"))
        return;
    if (refuse(c.rows != left.rows, "sums and first factor differ in rows") ||
        refuse(left.rowBytes / 4 != right.rows, "the factors' inner sides differ") ||
        refuse(c.rowBytes != right.rowBytes, "sums and second factor differ in columns"))
        return;
    ++m_products;
    for (std::uint8_t m = 0; m < c.rows; ++m)
        for (int n = 0; n < c.rowBytes / 4; ++n) {
            std::uint32_t sum;
            std::memcpy(&sum, c.bytes[m] + 4 * n, 4);
            for (int k = 0; k < left.rowBytes / 4; ++k)
                for (int i = 0; i < 4; ++i)
                    sum += static_cast<std::uint32_t>(static_cast<std::int8_t>(left.bytes[m][4 * k + i]) * right.bytes[k][4 * n + i]);
            std::memcpy(c.bytes[m] + 4 * n, &sum, 4);
        }
    // Rows behind the last are zeros already: nothing but loads of this shape wrote the register.
}

} // namespace test
