// How attachments are named and drawn wherever they are seen.
#pragma once

#include "app/attachments/attachment_record.h"

namespace ui {

QString attachmentIcon(app::AttachmentKind kind);
QString fileSize(qint64 bytes);                          // "812 bytes", "3.1 KB", "5.0 MB"
QString attachmentSize(const app::AttachmentRecord &attachment); // with its note: "1.2 MB · 12 pages, 2 without text"
QString shownName(const QString &name);                  // one line, without characters that turn its direction
// For a tool tip, which would take a foreign text for HTML.
QString asPlainTip(const QString &text);

} // namespace ui
