// Small files of the formats that can be attached, made byte by byte.
#pragma once

#include <QByteArray>
#include <QPair>
#include <QStringList>
#include <QVector>

namespace test {

using ZipFiles = QVector<QPair<QString, QByteArray>>;
QByteArray zipOf(const ZipFiles &files, bool deflated = true);
// `body`: what stands in w:body.
QByteArray docxOf(const QString &body, const ZipFiles &more = {});
QString paragraph(const QString &words, const QString &properties = QString());
// `sheets`: name and what stands in sheetData; `strings`: the shared ones; `styles`: what stands in styleSheet.
QByteArray xlsxOf(const QVector<QPair<QString, QString>> &sheets, const QStringList &strings = {}, const QString &styles = QString());
// A page each; an empty one has no text. With Chinese by a font that is named and not embedded, as readers of the time after 1998 know it.
QByteArray pdfOf(const QStringList &pages);

} // namespace test
