// Pictures of the window beside those that are kept, which have a quarter of the width and height: small enough for the repository,
// and an edge that another version of the font library draws a little softer does not count.
#pragma once

#include <QImage>
#include <QString>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace test {

inline constexpr int kPictureScale = 4;
inline constexpr int kTile = 8;             // pixels of a small picture, 32 of the window
inline constexpr double kMostOfATile = 4.0; // of 255, the mean over a tile's pixels and colours; a word that is missing makes 8 and more

// Every pixel the mean of 4 x 4 of the window's. Width and height are whole multiples of 4.
inline QImage smallPicture(const QImage &window)
{
    const QImage source = window.convertToFormat(QImage::Format_RGB32);
    QImage small(source.width() / kPictureScale, source.height() / kPictureScale, QImage::Format_RGB32);
    for (int y = 0; y < small.height(); ++y)
        for (int x = 0; x < small.width(); ++x) {
            std::array<int, 3> sum{};
            for (int i = 0; i < kPictureScale; ++i) {
                const QRgb *line = reinterpret_cast<const QRgb *>(source.constScanLine(y * kPictureScale + i)) + x * kPictureScale;
                for (int j = 0; j < kPictureScale; ++j) {
                    sum[0] += qRed(line[j]);
                    sum[1] += qGreen(line[j]);
                    sum[2] += qBlue(line[j]);
                }
            }
            const int count = kPictureScale * kPictureScale;
            small.setPixel(x, y, qRgb(sum[0] / count, sum[1] / count, sum[2] / count));
        }
    return small;
}

struct PictureDifference
{
    double worst = 0; // of all tiles
    QPoint place;     // of that tile in the window
    bool isSeen() const { return worst > kMostOfATile; }
};

// Of two small pictures of one size.
inline PictureDifference differenceOf(const QImage &a, const QImage &b)
{
    PictureDifference difference;
    for (int top = 0; top < a.height(); top += kTile)
        for (int left = 0; left < a.width(); left += kTile) {
            double sum = 0;
            int count = 0;
            for (int y = top; y < std::min(top + kTile, a.height()); ++y)
                for (int x = left; x < std::min(left + kTile, a.width()); ++x) {
                    const QRgb one = a.pixel(x, y), other = b.pixel(x, y);
                    sum += std::abs(qRed(one) - qRed(other)) + std::abs(qGreen(one) - qGreen(other)) + std::abs(qBlue(one) - qBlue(other));
                    count += 3;
                }
            if (sum / count > difference.worst)
                difference = {sum / count, QPoint(left, top) * kPictureScale};
        }
    return difference;
}

} // namespace test
