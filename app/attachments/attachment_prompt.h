// Attachments as the model reads them: a pure function.
#pragma once

#include "app/attachments/attachment_record.h"

namespace app {

// The file prompt that DeepSeek publishes with its models (README of DeepSeek-R1, "Official Prompts"): each file between its marks,
// then the question. Those that are left out are not in it. Without any, the words alone.
QString withAttachments(const QVector<AttachmentRecord> &attachments, const QString &words);
// One of them, as it stands there; ends with a line break.
QString attachmentBlock(const AttachmentRecord &attachment);

} // namespace app
